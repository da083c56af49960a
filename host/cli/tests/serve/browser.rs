//! A headless Chromium, driven through the WebDriver protocol of chromedriver.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;
use wasmysql_tests::until;

use crate::client::Client;
use crate::serving::PATIENCE;

/// The timeout of a command. The start takes seconds, and all others less than one.
const COMMAND: Duration = Duration::from_secs(60);

/// The name of the field with the id of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one page.
pub(crate) struct Browser {
    processes: Processes,
    client: Client,
    address: SocketAddr,
    session: String,
    _files: TempDir,
}

/// The driver and the browser. They are killed when this is dropped.
struct Processes {
    driver: Child,
    browser: Option<Pid>,
}

impl Browser {
    /// Starts the browser with an empty page.
    pub(crate) async fn start() -> Self {
        let files = TempDir::new().unwrap();
        let log = files.path().join("driver.log");
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(File::create(&log).unwrap()).stderr(Stdio::null());
        let driver = command.spawn().unwrap_or_else(|error| {
            panic!("chromedriver: {error}; run `cargo xtask setup --browser` to install Chromium and its driver")
        });
        let processes = Processes { driver, browser: None };
        let mut port = None;
        until("chromedriver prints its port", PATIENCE, async || {
            port = port_of(&fs::read_to_string(&log).unwrap());
            port.is_some()
        })
        .await;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap()));
        let client = Client::connect(address).await;
        let mut browser = Self { processes, client, address, session: String::new(), _files: files };
        let profile = browser._files.path().join("profile");
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-proxy-server".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            // The shared memory of containers is often too small.
            "--disable-dev-shm-usage".to_owned(),
            format!("--user-data-dir={}", profile.display()),
        ];
        if geteuid().is_root() {
            // Chromium refuses to start its sandbox as root.
            arguments.push("--no-sandbox".to_owned());
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let session =
            browser.send(Method::POST, "/session", &json!({ "capabilities": { "alwaysMatch": capabilities } })).await;
        let id = session["capabilities"]["goog:processID"].as_i64().unwrap();
        browser.processes.browser = Pid::from_raw(id.try_into().unwrap());
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        // Ends the requests of the browser's own first page.
        browser.open("about:blank").await;
        browser.requests().await;
        browser.console().await;
        browser
    }

    /// Loads a page.
    pub(crate) async fn open(&mut self, url: &str) {
        self.post("url", &json!({ "url": url })).await;
    }

    /// Goes back in the history.
    pub(crate) async fn back(&mut self) {
        self.post("back", &json!({})).await;
    }

    /// Clicks on the element of a CSS selector, as a user does: a hidden element is an error.
    pub(crate) async fn click(&mut self, selector: &str) {
        let found = self.post("element", &json!({ "using": "css selector", "value": selector })).await;
        let element = found[ELEMENT].as_str().unwrap();
        self.post(&format!("element/{element}/click"), &json!({})).await;
    }

    /// Returns the value of an expression of JavaScript in the page.
    pub(crate) async fn value(&mut self, expression: &str) -> Value {
        self.post("execute/sync", &json!({ "script": format!("return {expression}"), "args": [] })).await
    }

    /// Returns the text of the element of a CSS selector, or an empty text if it does not exist.
    pub(crate) async fn text(&mut self, selector: &str) -> String {
        let text = self.value(&format!("document.querySelector({selector:?})?.textContent ?? ''")).await;
        text.as_str().unwrap().to_owned()
    }

    /// Waits until an element has a text.
    pub(crate) async fn shows(&mut self, selector: &str, text: &str) {
        let description = format!("{selector} shows {text:?}");
        until(description, PATIENCE, async || self.text(selector).await.contains(text)).await;
    }

    /// Runs a command of the DevTools protocol.
    pub(crate) async fn devtools(&mut self, command: &str, parameters: Value) {
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await;
    }

    /// Returns the messages on the console since the last call: errors of scripts, of the content
    /// security policy, and of requests.
    pub(crate) async fn console(&mut self) -> Vec<String> {
        let entries = self.log("browser").await;
        entries.iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Returns the URLs of all requests since the last call.
    pub(crate) async fn requests(&mut self) -> Vec<String> {
        let events = self.log("performance").await.into_iter();
        let events = events.map(|entry| serde_json::from_str::<Value>(entry["message"].as_str().unwrap()).unwrap());
        let requests = events.filter(|event| event["message"]["method"] == "Network.requestWillBeSent");
        requests.map(|event| event["message"]["params"]["request"]["url"].as_str().unwrap().to_owned()).collect()
    }

    async fn log(&mut self, name: &str) -> Vec<Value> {
        let entries = self.post("se/log", &json!({ "type": name })).await;
        entries.as_array().unwrap().clone()
    }

    async fn post(&mut self, command: &str, body: &Value) -> Value {
        let path = format!("/session/{}/{command}", self.session);
        self.send(Method::POST, &path, body).await
    }

    /// Sends a command and returns its value.
    async fn send(&mut self, method: Method, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body.to_string()))
            .unwrap();
        let reply = timeout(COMMAND, self.client.send(request)).await;
        let reply = reply.unwrap_or_else(|_| panic!("not within {COMMAND:?}: {path} {body}"));
        let value: Value = serde_json::from_str(&reply.text).unwrap();
        assert_eq!(reply.status, StatusCode::OK, "{path} {body}: {value:#}");
        value["value"].clone()
    }
}

/// Returns the port from the output of chromedriver.
fn port_of(output: &str) -> Option<u16> {
    let (_, rest) = output.split_once("started successfully on port ")?;
    let (port, _) = rest.split_once('.')?;
    port.parse().ok()
}

impl Drop for Processes {
    fn drop(&mut self) {
        // The browser has a process group of its own, and would outlive the driver.
        if let Some(browser) = self.browser {
            let _ = kill_process(browser, Signal::KILL);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
