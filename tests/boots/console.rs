//! A guest's serial line, and UEFI's shell at its other end.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long a guest may take for one thing, on a machine that has other things to do.
const LIMIT: Duration = Duration::from_secs(300);
const ESCAPE: &str = "\u{1b}";
const PROMPT: &str = "Shell> ";

pub(super) struct Console {
    line: File,
    parts: Receiver<Vec<u8>>,
    heard: String,
}

impl Console {
    pub(super) fn open(path: &str) -> Self {
        let line = OpenOptions::new().read(true).write(true).open(path).expect("a serial line");
        let mut reading = line.try_clone().expect("a second handle");
        let (send, parts) = channel();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(count) = reading.read(&mut part) {
                if count == 0 || send.send(part[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        // QEMU looks once a second whether somebody listens, and throws away what is written until then.
        std::thread::sleep(Duration::from_millis(1500));
        Self { line, parts, heard: String::new() }
    }

    /// Reads until one of `wanted` is heard and takes what there is up to its end.
    fn until(&mut self, wanted: &[&str]) -> Result<String, String> {
        let start = Instant::now();
        loop {
            let end = wanted.iter().filter_map(|w| Some(self.heard.find(w)? + w.len())).min();
            if let Some(end) = end {
                return Ok(self.heard.drain(..end).collect());
            }
            if start.elapsed() > LIMIT {
                return Err(format!("no {wanted:?} on the serial line, but {:?}", self.heard));
            }
            if let Ok(part) = self.parts.recv_timeout(Duration::from_secs(1)) {
                self.heard.push_str(&String::from_utf8_lossy(&part));
            }
        }
    }

    fn say(&mut self, text: &str) {
        let _ = self.line.write_all(text.as_bytes());
    }

    /// Waits for the shell, which comes when nothing that UEFI tried could be booted; the network is not waited for.
    pub(super) fn shell(&mut self) -> Result<(), String> {
        let mut heard = String::new();
        loop {
            heard += &self.until(&["Start PXE over", "Start HTTP Boot over", "to skip", PROMPT])?;
            if heard.ends_with(PROMPT) {
                break;
            }
            self.say(ESCAPE);
        }
        if heard.contains("UEFI v") { Ok(()) } else { Err(format!("no banner of UEFI: {heard:?}")) }
    }

    /// What the shell answers to a command, without the terminal's escape sequences.
    pub(super) fn answer(&mut self, command: &str) -> Result<String, String> {
        self.say(&format!("{command}\r"));
        Ok(plain(&self.until(&[PROMPT])?))
    }
}

/// Without sequences such as `ESC [ 0 1 ; 0 1 H`.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest =
        parts.map(|part| part.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |(_, rest)| rest));
    (first + &rest.collect::<String>()).replace('\r', "")
}
