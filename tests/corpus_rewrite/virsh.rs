//! libvirt's QEMU driver inside of virsh (`qemu:///embed`), with a root of its own: what it defines and starts is seen by no
//! daemon, and where it dies of a document, as libvirt 9.0 does of some, nobody else is harmed.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the daemon keeps what it has asked the emulators; to ask them anew takes a quarter of a minute.
const PROBED: &str = "/var/cache/libvirt/qemu/capabilities";
/// Runs guests as root and without namespaces, which `/dev/shm` does not go with.
const SETTINGS: &str = "user = \"root\"\ngroup = \"root\"\nsecurity_driver = \"none\"\nremember_owner = 0\nnamespaces = []\n\
     swtpm_user = \"root\"\nswtpm_group = \"root\"\n";

/// How many roots there have been.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A root for the driver in memory, for every ARM guest has 64 MiB of NVRAM; gone with what runs in it when it is dropped.
pub(crate) struct Root {
    folder: tempfile::TempDir,
    /// What is mounted before virsh starts, in a namespace of its own.
    mounts: Option<String>,
}

impl Root {
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("pc").tempdir_in("/dev/shm").expect("a folder");
        let probed = root.path().join("cache/qemu/capabilities");
        fs::create_dir_all(&probed).expect("a folder");
        fs::create_dir_all(root.path().join("etc")).expect("a folder");
        // Several of them find no free port for displays where they look for one at the same time.
        let ports = 6000 + 200 * COUNT.fetch_add(1, Ordering::Relaxed);
        let display =
            format!("remote_display_port_min = {ports}\nremote_display_port_max = {}\n", ports + 199);
        fs::write(root.path().join("etc/qemu.conf"), format!("{SETTINGS}{display}")).expect("written");
        for known in fs::read_dir(PROBED).into_iter().flatten().flatten() {
            // Copied with its times, by which the driver knows whether it still holds.
            let status = Command::new("cp").arg("-p").arg(known.path()).arg(&probed).status();
            assert!(status.is_ok_and(|status| status.success()), "{}", known.path().display());
        }
        Self { folder: root, mounts: None }
    }

    /// One that finds the firmware descriptors in `usr/share/qemu/firmware` and `etc/qemu/firmware` below `descriptors`, and none of
    /// the host's.
    pub(crate) fn with_descriptors(descriptors: &Path) -> Self {
        let mut root = Self::new();
        let layers = root.path().join("layers");
        for folder in ["etc/qemu/firmware", "work"] {
            fs::create_dir_all(layers.join(folder)).expect("a folder");
        }
        let (layers, from) = (layers.display(), descriptors.display());
        root.mounts = Some(format!(
            "mount -t overlay overlay -o lowerdir=/etc,upperdir={layers}/etc,workdir={layers}/work /etc && \
             mount --bind {from}/etc/qemu/firmware /etc/qemu/firmware && \
             mount --bind {from}/usr/share/qemu/firmware /usr/share/qemu/firmware && "
        ));
        root
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What virsh answers to each command of each talk. Of a talk that it dies of, every answer says so.
    pub(crate) fn ask(&self, talks: &[Vec<String>]) -> Vec<Vec<String>> {
        let mut said = Vec::new();
        while said.len() < talks.len() {
            let left = &talks[said.len()..];
            let heard = self.hear(&(left.iter().flatten().cloned().collect::<Vec<_>>().join("\n") + "\n"));
            let mut answers = heard.split("virsh # ").skip(1).map(str::to_owned).peekable();
            for talk in left {
                let own: Vec<String> = answers.by_ref().take(talk.len()).collect();
                // It prompts once more where it lives on.
                let lives = own.len() == talk.len() && answers.peek().is_some();
                said.push(if lives { own } else { vec!["error: virsh died of it".to_owned(); talk.len()] });
                if !lives {
                    break;
                }
            }
        }
        said
    }

    fn hear(&self, script: &str) -> String {
        let uri = format!("qemu:///embed?root={}", self.path().display());
        let (mut command, mounts) = match &self.mounts {
            Some(mounts) => (Command::new("unshare"), mounts.as_str()),
            None => (Command::new("env"), ""),
        };
        if self.mounts.is_some() {
            command.arg("--mount");
        }
        let mut virsh = command
            .args(["sh", "-c", &format!("{mounts}exec virsh -q -c \"$0\" 2>&1"), &uri])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("virsh runs");
        let mut input = virsh.stdin.take().expect("its input");
        let script = script.to_owned();
        // Written beside the reading, for neither pipe holds everything. Where virsh dies it reads no more.
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = virsh.wait_with_output().expect("virsh ends");
        let _ = writer.join();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let running = fs::read_dir(self.path().join("run/qemu")).into_iter().flatten().flatten();
        for file in running.map(|entry| entry.path()).filter(|path| is_guests_id(path)) {
            if let Ok(id) = fs::read_to_string(&file) {
                let _ = Command::new("kill").arg(id.trim()).status();
            }
        }
    }
}

/// Whether a file holds the process id of a guest of these tests, not of the driver.
fn is_guests_id(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("portolan-") && path.extension().is_some_and(|e| e == "pid")
}

/// The errors in an answer, without the first, which repeats the command.
pub(crate) fn errors(answer: &str) -> Option<String> {
    let mut lines: Vec<&str> = answer.lines().skip_while(|line| !line.starts_with("error: ")).collect();
    if lines.len() > 1 {
        lines.remove(0);
    }
    let text =
        lines.iter().map(|line| line.trim_start_matches("error: ").trim()).collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
