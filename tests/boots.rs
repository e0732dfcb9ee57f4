//! Guests of PCs of every make-up, rewritten for a `virt` machine, and booted under emulation to UEFI's shell, which must
//! list every disk and every network interface that the new XML has.
//!
//! Needs root, libvirt 9.0's virsh with the QEMU driver, QEMU for ARM, AAVMF with its shell as Debian 12 has it, swtpm with
//! swtpm-tools and loop devices. Nothing is defined in any daemon.

mod console;
mod furnish;
mod listed;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use portolan::model::VirtType;
use portolan::rewrite::{Profile, rewrite};

use self::console::Console;
use self::listed::Listed;
use crate::common;
use crate::corpus_rewrite::stage::Stage;
use crate::corpus_rewrite::virsh::{Root, errors};
use crate::live::renamed;

/// How many guests boot at a time. Each works for 3 s of some 20; else UEFI waits for somebody to press a key.
const WORKERS: usize = 5;

/// Guests that lie in the repository for other reasons, beside those made up for this test in tests/boots/guests.
const LYING_THERE: [&str; 11] = [
    "inventories/captured/hosts/lab1/guests/web.xml",
    "inventories/captured/hosts/lab2/guests/win.xml",
    "inventories/kunpeng-rollout/hosts/xeon-clx-01/guests/gitlab-01.xml",
    "inventories/kunpeng-rollout/hosts/xeon-clx-02/guests/gpu-01.xml",
    "inventories/kunpeng-rollout/hosts/xeon-clx-02/guests/vdi-01.xml",
    "inventories/kunpeng-rollout/hosts/xeon-hsw-01/guests/mail-01.xml",
    "inventories/kunpeng-rollout/hosts/xeon-hsw-01/guests/media-01.xml",
    "inventories/kunpeng-rollout/hosts/xeon-hsw-01/guests/monitoring-01.xml",
    "inventories/kunpeng-rollout/hosts/xeon-hsw-02/guests/legacy-erp.xml",
    "inventories/kunpeng-rollout/hosts/xeon-hsw-02/guests/win-ad-01.xml",
    "tests/abi/i440fx.xml",
];

/// What `OpenStack`, `KubeVirt` and virt-manager really made.
const IN_THE_CORPORA: [&str; 3] = [
    "real/kubevirt/domain_x86_64.xml",
    "real/sosreport-openstack/etc/libvirt/qemu/instance-00000001.xml",
    "real/virt-manager/convert-to-q35-f39-in.xml",
];

fn guests() -> Vec<PathBuf> {
    let repository = common::repository();
    let mut all = common::files(&repository.join("tests/boots/guests"), &common::is_xml);
    all.extend(LYING_THERE.iter().map(|path| repository.join(path)));
    if cfg!(has_corpus) {
        all.extend(IN_THE_CORPORA.iter().map(|path| common::corpus().join(path)));
    }
    all
}

/// What became of a guest: what is in its new XML and was listed by UEFI, or what went wrong.
type Outcome = Result<Listed, String>;

/// Boots the guests one after the other.
struct Worker {
    root: Root,
    stage: Stage,
}

impl Worker {
    fn new() -> Self {
        Self { root: Root::new(), stage: Stage::new() }
    }

    fn boot(&self, path: &PathBuf) -> Outcome {
        let profile = Profile::named("debian-12-aarch64", VirtType::Qemu).expect("a built-in profile");
        let old = fs::read_to_string(path).expect("readable");
        let new = rewrite(&old, &profile).map_err(|error| error.to_string())?.text;
        let name = "portolan-boot";
        let domain = self.stage.furnish(&furnish::furnish(&renamed(&new, name)));
        let file = self.root.path().join("guest.xml");
        fs::write(&file, domain).expect("written");
        let said = self.ask(&[&format!("define {}", file.display()), &format!("start --paused {name}")]);
        let wanted = Listed::of_domain(&new);
        let outcome = said.and_then(|()| self.listed(name));
        let _ = self.ask(&[&format!("destroy {name}"), &format!("undefine --nvram {name}")]);
        let listed = outcome?;
        let missing = wanted.missing(&listed);
        if missing.is_empty() { Ok(wanted) } else { Err(format!("UEFI lists {listed}; not {missing}")) }
    }

    fn ask(&self, commands: &[&str]) -> Result<(), String> {
        let talk = commands.iter().map(|command| (*command).to_owned()).collect();
        let answers = self.root.ask(&[talk]);
        answers.iter().flatten().find_map(|answer| errors(answer)).map_or(Ok(()), Err)
    }

    /// What UEFI's shell lists.
    fn listed(&self, name: &str) -> Outcome {
        let line = self.root.ask(&[vec![format!("ttyconsole {name}")]]);
        let line =
            line[0][0].lines().find_map(|line| line.find("/dev/").map(|at| line[at..].trim().to_owned()));
        let mut console = Console::open(&line.ok_or("no serial line")?);
        self.ask(&[&format!("resume {name}")])?;
        console.shell()?;
        // Where libvirt says what to start from, UEFI has looked at that alone.
        console.answer("connect -r")?;
        Ok(Listed::of_shell(&console.answer("map -r")?, &console.answer("dh -p SimpleNetwork")?))
    }
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn rewritten_guests_show_uefi_every_disk_and_nic() {
    let guests = guests();
    let (left, done) = (Mutex::new(guests.iter()), Mutex::new(Vec::new()));
    let next = || left.lock().expect("a queue").next();
    std::thread::scope(|scope| {
        let work = || {
            let worker = Worker::new();
            while let Some(path) = next() {
                let start = Instant::now();
                let outcome = worker.boot(path);
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let told = outcome.as_ref().map_or_else(Clone::clone, ToString::to_string);
                println!("{name}: {told} ({} s)", start.elapsed().as_secs());
                done.lock().expect("a list").push((name, outcome));
            }
        };
        (0..WORKERS).for_each(|_| _ = scope.spawn(work));
    });
    judge(&done.into_inner().expect("a list"));
}

fn judge(done: &[(String, Outcome)]) {
    let listed: Vec<&Listed> = done.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).collect();
    let (disks, nics) = listed.iter().fold((0, 0), |(d, n), l| (d + l.disks(), n + l.nics()));
    println!(
        "{} of {} reach UEFI; {disks} disks and {nics} NICs in its device list",
        listed.len(),
        done.len()
    );
    let failed: BTreeSet<&String> = done.iter().filter(|(_, o)| o.is_err()).map(|(name, _)| name).collect();
    assert_eq!(failed, BTreeSet::new());
    assert!(done.len() >= 20, "{}", done.len());
}
