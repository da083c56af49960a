//! Tests of the demo's page in a browser.

use serde_json::{Value, json};
use wasmysql_tests::until;

use crate::browser::Browser;
use crate::flights::served_flights;
use crate::serving::PATIENCE;

/// The heights of the columns of the chart of days.
const COLUMNS: &str =
    "[...document.querySelectorAll('#days .column .part-0')].map(part => part.getAttribute('height'))";
/// The names of the bars of the chart of airlines.
const AIRLINES: &str = "[...document.querySelectorAll('#carriers .name')].map(name => name.textContent)";
/// The values of the lists of the form.
const FIELDS: &str = "[...document.querySelectorAll('#filter select')].map(field => field.value)";
/// The URL after the host.
const PLACE: &str = "location.pathname + location.search";

/// The texts whose contrast to the background is less than 4.5, except for links that lead nowhere.
const FAINT_TEXTS: &str = "(() => {
    const parts = color => color.match(/[0-9.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const background = element => {
        for (let node = element; node; node = node.parentElement) {
            const color = parts(getComputedStyle(node).backgroundColor);
            if (color[3] !== 0) return color;
        }
    };
    const faint = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, element = text.parentElement, style = getComputedStyle(element);
        if (!text.data.trim() || !element.checkVisibility() || element.closest('[aria-disabled], title, script')) continue;
        const color = parts(element.closest('svg') ? style.fill : style.color);
        const [high, low] = [light(color), light(background(element))].sort((a, b) => b - a);
        if ((high + 0.05) / (low + 0.05) < 4.5) faint.push(text.data);
    }
    return faint;
})()";

#[cfg_attr(not(feature = "browser"), ignore = "only on machines with Chromium: run `cargo xtask setup --browser`")]
#[tokio::test(flavor = "multi_thread")]
async fn filter_changes_the_charts_of_the_page() {
    let (mut schema, serving) = served_flights().await;
    let kennedy: u32 = schema.value("SELECT COUNT(*) FROM flights WHERE origin = 'JFK'").await;
    let late: u32 =
        schema.value("SELECT COUNT(*) FROM flights WHERE origin = 'JFK' AND carrier = 'AA' AND dep_delay >= 60").await;
    let (kennedy, late) = (grouped(kennedy), grouped(late));
    let home = format!("http://{}", serving.address);
    let mut browser = Browser::start().await;

    browser.open(&home).await;
    assert_eq!(browser.text("#flights").await, "27,004");
    let (columns, airlines) = (browser.value(COLUMNS).await, browser.value(AIRLINES).await);
    assert_eq!((length(&columns), length(&airlines)), (31, 16));
    browser.value("(window.isFirstPage = true)").await;

    // The script replaces the report, and the page is not loaded again.
    browser.click("#origin option[value=JFK]").await;
    browser.shows("#flights", &kennedy).await;
    browser.shows("#status", &format!("{kennedy} flights")).await;
    assert_eq!(browser.value(PLACE).await, "/?origin=JFK");
    assert_ne!(browser.value(COLUMNS).await, columns);
    let kennedy_airlines = browser.value(AIRLINES).await;
    assert!(length(&kennedy_airlines) < 16, "{kennedy_airlines}");
    browser.click("#carrier option[value=AA]").await;
    until("one airline is left", PATIENCE, async || browser.value(AIRLINES).await == json!(["American Airlines"]))
        .await;
    browser.click("#delay option[value='60']").await;
    browser.shows("#flights", &late).await;
    assert_eq!(browser.value(PLACE).await, "/?origin=JFK&carrier=AA&delay=60");
    browser.shows("#position", &format!("1 to 25 of {late},")).await;
    browser.click("nav a[rel=next]").await;
    browser.shows("#position", &format!("26 to 50 of {late},")).await;
    assert_eq!(browser.value("document.activeElement.id").await, "flights-title");
    browser.click("nav a[rel=prev]").await;
    browser.shows("#position", &format!("1 to 25 of {late},")).await;

    // The history has a page for each step.
    for _ in 0..4 {
        browser.back().await;
    }
    browser.shows("#flights", &kennedy).await;
    assert_eq!(browser.value(FIELDS).await, json!(["JFK", "", "", ""]));
    assert_eq!(browser.value("window.isFirstPage").await, true);

    // A bookmark shows the same without the script.
    browser.open(&format!("{home}/?origin=JFK")).await;
    assert_eq!(browser.text("#flights").await, kennedy);
    assert_eq!(browser.value(AIRLINES).await, kennedy_airlines);
    assert_eq!(browser.value("document.getElementById('origin').value").await, "JFK");
    assert_eq!(browser.value("window.isFirstPage ?? false").await, false);
    browser.click("form a").await;
    browser.shows("#flights", "27,004").await;
    assert_eq!(browser.value(COLUMNS).await, columns);

    assert_eq!(browser.console().await, [""; 0]);
    let requests = browser.requests().await;
    assert!(requests.len() >= 10, "{requests:?}");
    // Chromium's own fields have images as data.
    let is_own = |url: &String| url.starts_with(&format!("{home}/")) || url.starts_with("data:");
    assert!(requests.iter().all(is_own), "{requests:?}");
}

#[cfg_attr(not(feature = "browser"), ignore = "only on machines with Chromium: run `cargo xtask setup --browser`")]
#[tokio::test(flavor = "multi_thread")]
async fn page_fits_a_phone_and_follows_the_dark_mode() {
    let (_schema, serving) = served_flights().await;
    let mut browser = Browser::start().await;
    let size = json!({ "width": 360, "height": 780, "deviceScaleFactor": 2, "mobile": true });
    browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
    // The second page contains cancelled flights, and the others have no charts.
    for path in ["/", "/?from=2013-01-31&carrier=EV", "/?carrier=ZZ", "/?from=today"] {
        let mut colors = Vec::new();
        for scheme in ["light", "dark"] {
            let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            browser.devtools("Emulation.setEmulatedMedia", features).await;
            browser.open(&format!("http://{}{path}", serving.address)).await;
            browser.value("document.querySelectorAll('details').forEach(details => details.open = true)").await;
            let widths = browser.value("[innerWidth, document.documentElement.scrollWidth]").await;
            assert_eq!(widths, json!([360, 360]), "{path} in {scheme} mode");
            assert_eq!(browser.value(FAINT_TEXTS).await, json!([]), "{path} in {scheme} mode");
            colors.push(browser.value("getComputedStyle(document.body).backgroundColor").await);
        }
        assert_eq!(colors, ["rgb(244, 245, 247)", "rgb(16, 20, 26)"], "{path}");
    }
    assert_eq!(browser.text("#report h2").await, "The filter can't be used");
    browser.open(&format!("http://{}/?from=2013-01-31&carrier=EV", serving.address)).await;
    browser.shows(".badge", "cancelled").await;
}

#[cfg_attr(not(feature = "browser"), ignore = "only on machines with Chromium: run `cargo xtask setup --browser`")]
#[tokio::test(flavor = "multi_thread")]
async fn page_shows_errors_and_empty_results() {
    let (_schema, serving) = served_flights().await;
    let mut browser = Browser::start().await;
    let home = format!("http://{}", serving.address);
    browser.open(&home).await;
    browser.click("#carrier option[value=HA]").await;
    browser.shows("#flights", "31").await;
    browser.click("#origin option[value=LGA]").await;
    browser.shows("#report", "No flights match").await;
    browser.click("#report .message a").await;
    browser.shows("#flights", "27,004").await;
    assert_eq!(browser.value(FIELDS).await, json!(["", "", "", ""]));

    // Without the server, the last numbers stay visible, and the request can be repeated.
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.emulateNetworkConditions", network(true)).await;
    browser.click("#carrier option[value=HA]").await;
    browser.shows("#report [role=alert]", "could not be loaded").await;
    assert_eq!(browser.text("#flights").await, "27,004");
    assert_eq!(browser.value("document.getElementById('report').ariaBusy").await, Value::Null);
    browser.devtools("Network.emulateNetworkConditions", network(false)).await;
    browser.click("#report [role=alert] button").await;
    browser.shows("#flights", "31").await;
    assert_eq!(browser.value(PLACE).await, "/?carrier=HA");
    assert_eq!(browser.text("#report [role=alert]").await, "");

    // Without a script, the form has a button.
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.open(&home).await;
    browser.click("#origin option[value=LGA]").await;
    browser.click("form button").await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
    browser.shows("#origin option[selected]", "La Guardia").await;
}

/// Returns the parameters of a network without delays.
fn network(offline: bool) -> Value {
    json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
}

fn length(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

/// Formats a number below a million as the page does.
fn grouped(number: u32) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}
