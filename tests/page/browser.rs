//! Headless Chromium, driven by the protocol of its developer tools over a pipe: messages are JSON, each with a NUL behind it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The browser reads from 3 and writes to 4. It is ended where a test hangs.
const START: &str = "exec timeout 300 chromium --headless=new --no-sandbox --disable-gpu --no-first-run \
    --remote-debugging-pipe --user-data-dir=\"$0\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1";

/// A browser with one page.
pub(crate) struct Browser {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    sent: u64,
    /// What the browser told without being asked.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Browser {
    /// Starts it and opens a file.
    pub(crate) fn open(file: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        command.arg("-c").arg(START).arg(profile.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a shell");
        let to = process.stdin.take().expect("a pipe");
        let from = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut browser =
            Self { process, to, from, session: None, sent: 0, events: Vec::new(), _profile: profile };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for room in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{room}.enable"), &json!({}));
        }
        browser.events.clear();
        let url = format!("file://{}", file.display());
        browser.call("Page.navigate", &json!({ "url": url }));
        browser.wait("Page.loadEventFired");
        browser
    }

    /// Calls a method and gives its result.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).expect("the browser listens");
        self.to.flush().expect("the browser listens");
        loop {
            let answer = self.read();
            if answer["id"] == self.sent {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("the browser speaks");
        assert!(bytes.pop() == Some(0), "the browser has ended");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    fn wait(&mut self, event: &str) {
        while !self.events.iter().any(|one| one["method"] == event) {
            let next = self.read();
            self.events.push(next);
        }
    }

    /// What an expression gives in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression:.200}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The same of an expression that is a text.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.value(expression).as_str().unwrap_or_default().to_owned()
    }

    /// Presses and lets go of a key, by its name.
    pub(crate) fn key(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if key == "Enter" && kind == "keyDown" {
                event["text"] = json!("\r");
            }
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Writes a text into the field that this finds, in place of what is in it.
    pub(crate) fn write(&mut self, selector: &str, text: &str) {
        self.value(&format!("document.querySelector({selector:?}).select()"));
        if text.is_empty() {
            self.key("Delete", 46);
        } else {
            self.call("Input.insertText", &json!({ "text": text }));
        }
    }

    /// Clicks into the middle of what this finds.
    pub(crate) fn click(&mut self, element: &str) {
        // What comes into view is drawn only then, and moves what is below it: scrolled to until it stands still.
        let middle = self.value(&format!(
            "new Promise((done) => {{ let last = null; const settle = () => {{ const one = {element}; \
             one.scrollIntoView({{ block: 'center', inline: 'center' }}); const at = one.getClientRects()[0]; \
             const middle = [at.x + at.width / 2, at.y + at.height / 2]; \
             if (last && last[0] === middle[0] && last[1] === middle[1]) done(middle); \
             else {{ last = middle; setTimeout(settle, 60); }} }}; settle(); }})"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({
                "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1,
            });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// What went wrong so far: errors on the console, exceptions, and requests for anything but the page.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let wrong = |event: &&Value| match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => true,
            "Runtime.consoleAPICalled" => event["params"]["type"] == "error",
            "Log.entryAdded" => event["params"]["entry"]["level"] == "error",
            "Network.requestWillBeSent" => event["params"]["type"] != "Document",
            _ => false,
        };
        self.events.iter().filter(wrong).map(ToString::to_string).collect()
    }
}
