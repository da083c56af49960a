//! Guides: errors, kinds of plugins and their tests, and migration from other libraries.

#[doc = include_str!("../docs/errors.md")]
pub mod errors {}

#[doc = include_str!("../docs/from_aiomysql.md")]
pub mod from_aiomysql {}

#[doc = include_str!("../docs/from_sqlx.md")]
pub mod from_sqlx {}

#[doc = include_str!("../docs/plugins.md")]
pub mod plugins {}
