//! What a command is doing, for who waits: on a terminal, from half a second on, and gone without a trace.

use std::io::Write as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long nothing is said, and how often it is said anew.
const BEAT: Duration = Duration::from_millis(500);

/// A line on standard error until it is dropped.
pub(super) struct Progress {
    end: Option<Sender<()>>,
    painter: Option<JoinHandle<()>>,
}

impl Progress {
    /// Says `what` is being done, with the seconds that it takes already.
    pub(super) fn of(what: &str) -> Self {
        let (end, ended) = channel();
        let what = what.to_owned();
        let paint = move || paint(&what, &ended);
        // Without a thread to spare there is no line, and the work goes on.
        let painter = std::thread::Builder::new().name("progress".to_owned()).spawn(paint).ok();
        Self { end: Some(end), painter }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(painter) = self.painter.take() {
            // One that broke has nothing on the screen that matters.
            let _ = painter.join();
        }
    }
}

fn paint(what: &str, ended: &Receiver<()>) {
    let mut beats = 0_u32;
    while matches!(ended.recv_timeout(BEAT), Err(RecvTimeoutError::Timeout)) {
        beats += 1;
        let seconds = if beats < 2 { String::new() } else { format!(" {} s", beats / 2) };
        say(&format!("\r\x1b[K{what} …{seconds}"));
    }
    if beats > 0 {
        say("\r\x1b[K");
    }
}

/// Nobody is left to tell where standard error is closed.
fn say(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
