//! What is given away: packed from the binary that the tests run, and installed into an empty folder.

use std::path::Path;
use std::process::Command;

use crate::common::{files, repository};

fn build(arguments: &[&str]) -> String {
    let mut command = Command::new(repository().join("release/build"));
    // Nobody sends this package anywhere: time is dearer than size.
    command.args(arguments).env("DPKG_DEB_COMPRESSOR_TYPE", "none");
    let output = command.env("PORTOLAN_BINARY", env!("CARGO_BIN_EXE_portolan")).output().expect("runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {complaint}");
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
