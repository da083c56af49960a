//! Values cross without loss.

use wasmysql_tests::Schema;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn every_value_comes_back_as_it_went_in() {
    let schema = Schema::new().await;
    let printed = schema.guest(programs::VALUES_ROUND_TRIP).run().await.success();
    println!("{printed}");
}
