//! Whether a guest may come back, against guests that really went and came back.

use std::fs;

use portolan::compat::{Answer, Chart, Mode};
use portolan::ingest;

use crate::common;

#[test]
fn guests_that_came_back_were_foreseen_to() {
    let folder = common::repository().join("inventories/captured");
    let cluster = ingest::read(&folder).expect("an inventory");
    let chart = Chart::new(&cluster);
    let text = fs::read_to_string(folder.join("observed.toml")).expect("readable");
    let document: toml::Table = text.parse().expect("TOML");
    let (mut agree, mut wrong) = (0, Vec::new());
    for one in document["migrations"].as_array().expect("a list") {
        if one.get("returning").and_then(toml::Value::as_bool) != Some(true) {
            continue;
        }
        let text = |key: &str| one[key].as_str().expect("a text");
        let guest = cluster.guests.iter().position(|guest| guest.name == text("guest")).expect("the guest");
        let host = cluster.hosts.iter().position(|host| host.name == text("from")).expect("the host");
        assert_eq!(cluster.guests[guest].host.as_deref(), Some(text("to")), "it comes back home");
        let ways = chart.returns(guest, host);
        let way = ways.iter().find(|way| way.went == Mode::Live).expect("it went live");
        let accepted = one["accepted"].as_bool().expect("yes or no");
        if (way.assessment.live == Answer::Yes) == accepted {
            agree += 1;
        } else {
            wrong.push(format!("{one}: {way:?}"));
        }
    }
    println!("{agree} ways back agree");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(agree >= 15, "{agree}");
}
