//! Links, anchors and sections of Markdown.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A link or an image of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) target: String,
    at: Range<usize>,
}

/// Where a link leads in the book.
#[derive(Debug)]
pub(super) enum Target {
    /// The same as before.
    Keep,
    To(String),
    /// Nowhere: only the text of the link remains.
    Text,
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// Returns the links and images, in order.
pub(super) fn of(text: &str) -> Vec<Link> {
    let links = parser(text).into_offset_iter().filter_map(|(event, at)| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(Link { target: dest_url.into_string(), at })
        }
        _ => None,
    });
    links.collect()
}

/// Replaces the targets of links. A link to an item of Rust's documentation becomes its text.
pub(super) fn rewritten(text: &str, mut replace: impl FnMut(&str) -> Target) -> String {
    let (mut result, mut copied) = (String::with_capacity(text.len()), 0);
    for Link { target, at } in of(text) {
        let source = &text[at.clone()];
        // An image inside a link is part of the link.
        if at.start < copied {
            continue;
        }
        // Links in angle brackets have no text of their own.
        let Some((before, _)) = source.rsplit_once("](") else { continue };
        let replaced = match replace(&target) {
            Target::Keep if target.contains("::") => before.trim_start_matches('[').to_owned(),
            Target::Keep => continue,
            Target::To(target) => format!("{before}]({target})"),
            Target::Text => before.trim_start_matches('[').to_owned(),
        };
        result.push_str(&text[copied..at.start]);
        result.push_str(&replaced);
        copied = at.end;
    }
    result.push_str(&text[copied..]);
    result
}

/// Returns the anchors of the headings, as mdBook forms them.
pub(super) fn anchors(text: &str) -> Vec<String> {
    headings(text).into_iter().map(|(anchor, ..)| anchor).collect()
}

/// Returns a section with its heading, up to the next heading of its level or above. Its headings
/// become headings of a chapter.
pub(super) fn section(text: &str, anchor: &str) -> Option<String> {
    let headings = headings(text);
    let at = headings.iter().position(|(found, ..)| found == anchor)?;
    let (_, level, start) = headings[at];
    let end = headings[at + 1..].iter().find(|(_, other, _)| *other <= level).map_or(text.len(), |(.., at)| *at);
    // The heading of the section gets the first level.
    let marks = "#".repeat(level);
    Some(format!("#{}", text[start..end].strip_prefix(&marks)?))
}

/// Returns the anchor, the level and the position of each heading.
fn headings(text: &str) -> Vec<(String, usize, usize)> {
    let (mut found, mut open) = (Vec::<(String, usize, usize)>::new(), None);
    for (event, at) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => open = Some((String::new(), level as usize, at.start)),
            Event::End(TagEnd::Heading(_)) => {
                if let Some((title, level, start)) = open.take() {
                    let anchor = slug(&title);
                    let same = found.iter().filter(|(other, ..)| *other == anchor).count();
                    let anchor = if same == 0 { anchor } else { format!("{anchor}-{same}") };
                    found.push((anchor, level, start));
                }
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some((title, ..)) = &mut open {
                    title.push_str(&part);
                }
            }
            _ => {}
        }
    }
    found
}

fn slug(title: &str) -> String {
    let kept = title.chars().filter_map(|letter| match letter {
        letter if letter.is_alphanumeric() || matches!(letter, '_' | '-') => Some(letter.to_ascii_lowercase()),
        letter if letter.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A page\n\nSee [one](a.md#x) and `[no](code)`.\n\n## The `first` part: it\n\n\
                        [two](crate::Row)\n\n```text\n## no heading\n```\n\n### Below\n\n## Next\n\n![i](b.svg)\n";

    #[test]
    fn links_outside_of_code_are_replaced() {
        let rewritten = rewritten(PAGE, |target| match target {
            "a.md#x" => Target::To("c.md".to_owned()),
            "b.svg" => Target::Text,
            _ => Target::Keep,
        });
        assert!(rewritten.contains("See [one](c.md) and `[no](code)`."), "{rewritten}");
        assert!(rewritten.contains("\n\ntwo\n\n"), "{rewritten}");
    }

    #[test]
    fn sections_end_at_the_next_heading_of_their_level() {
        assert_eq!(anchors(PAGE), ["a-page", "the-first-part-it", "below", "next"]);
        let part = section(PAGE, "the-first-part-it").unwrap();
        assert!(part.starts_with("# The `first` part: it\n") && part.ends_with("### Below\n\n"), "{part}");
        assert_eq!(section(PAGE, "none"), None);
        assert_eq!(anchors("# A\n# A\n"), ["a", "a-1"]);
    }
}
