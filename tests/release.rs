//! What is given away: packed from the binary that the tests run, and installed into an empty folder.

use std::path::Path;
use std::process::Command;

use crate::common::{files, repository};

fn build(arguments: &[&str]) -> String {
    build_of(Path::new(env!("CARGO_BIN_EXE_portolan")), arguments)
}

fn build_of(binary: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(repository().join("release/build"));
    // Nobody sends this package anywhere: time is dearer than size.
    command.args(arguments).env("DPKG_DEB_COMPRESSOR_TYPE", "none");
    printed(command.env("PORTOLAN_BINARY", binary))
}

fn printed(command: &mut Command) -> String {
    let output = command.output().expect("runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {complaint}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("readable")
}

#[test]
#[cfg_attr(
    not(has_packaging),
    ignore = "skipped: no dpkg-deb, jq or git; install the packages dpkg, jq and git"
)]
fn the_package_is_built_and_installed_and_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path().join("made");
    let (out, root) = (made.to_string_lossy().into_owned(), folder.path().join("root"));
    build(&["all", &out]);
    let version = env!("CARGO_PKG_VERSION");
    let package = made.join(format!("portolan_{version}_amd64.deb"));
    let said = build(&["install", &package.to_string_lossy(), &root.to_string_lossy()]);
    assert_eq!(said, format!("portolan {version}\n"));
    for installed in [
        "usr/share/man/man1/portolan-check.1.gz",
        "usr/share/bash-completion/completions/portolan",
        "usr/share/zsh/vendor-completions/_portolan",
        "usr/share/fish/vendor_completions.d/portolan.fish",
        "usr/share/doc/portolan/copyright",
        "usr/share/doc/portolan/LICENSE-MIT",
        "usr/share/doc/portolan/LICENSE-APACHE",
        "usr/share/doc/portolan/THIRD-PARTY.txt.gz",
    ] {
        assert!(root.join(installed).is_file(), "{installed}");
    }
    let bill: serde_json::Value = serde_json::from_str(&text(&made.join("portolan.cdx.json"))).expect("JSON");
    assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
    let licences = text(&made.join("THIRD-PARTY.txt"));
    for one in bill["components"].as_array().expect("components") {
        let (name, version) =
            (one["name"].as_str().expect("a name"), one["version"].as_str().expect("a version"));
        assert!(licences.contains(&format!("\n{name} {version}: ")), "{name} is not in THIRD-PARTY.txt");
        assert_eq!(one["hashes"][0]["content"].as_str().map(str::len), Some(64), "{name}");
    }
    assert!(
        licences.contains("\nclap ") && !licences.contains("\ninsta "),
        "what tests take is not given away"
    );
    let sums = text(&made.join("SHA256SUMS"));
    assert_eq!(sums.lines().count() + 1, files(&made, &|_| true).len(), "each file but the sums: {sums}");
}

/// A static binary: what the recipe is for.
const STATIC: &str = "target/x86_64-unknown-linux-musl/debug/portolan";

#[test]
#[cfg_attr(
    not(has_container),
    ignore = "skipped: no buildah, or no static binary; .ci/run shows how they are made"
)]
fn the_container_is_built_and_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (out, store, state) = (path("made"), path("store"), path("state"));
    build_of(&repository().join(STATIC), &["container", &out]);
    let buildah = |arguments: &[&str]| {
        let kept = ["--storage-driver", "vfs", "--root", &store, "--runroot", &state];
        printed(Command::new("buildah").args(kept).args(arguments))
    };
    buildah(&["build", "--isolation", "chroot", "--tag", "portolan", &out]);
    let container = buildah(&["from", "localhost/portolan"]);
    let inventories = format!("{}:/data/inventories:ro", repository().join("inventories").display());
    let run = |arguments: &[&str]| {
        let inside =
            ["run", "--isolation", "chroot", "--volume", &inventories, container.trim(), "--", "/portolan"];
        buildah(&[&inside, arguments].concat())
    };
    assert_eq!(run(&["--version"]), format!("portolan {}\n", env!("CARGO_PKG_VERSION")));
    let asked = ["explain", "inventories/kunpeng-rollout", "db-02", "xeon-clx-01"];
    assert_eq!(run(&asked), crate::samples::printed(&asked, &[0]));
}
