//! A guest that has moved is on its new host, and what was listed of it as well.

use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Fact, Guest, Known, Resident, Shape};

/// Forgets what the guest ran with: it was stopped, and is known by its stored definition alone.
pub(super) fn forget_live(guest: &mut Guest) {
    guest.live = None;
    guest.live_storage = None;
    guest.live_machine = None;
    guest.live_reliance = None;
    guest.requirements.live_cpu = None;
    guest.requirements.live_shape = Shape::default();
}

/// The guest is on the other host, and in what was listed there, and no longer where it was.
pub(super) fn settle(cluster: &mut Cluster, guest: GuestIndex, (from, to): (Option<HostIndex>, HostIndex)) {
    let name = cluster.guests[guest].name.clone();
    cluster.guests[guest].host = Some(cluster.hosts[to].name.clone());
    let Some(from) = from else {
        return cluster.hosts[to].residents.push(Resident::of(&cluster.guests[guest]));
    };
    let is_it = |resident: &Resident| resident.name.value == name;
    let residents = &mut cluster.hosts[from].residents;
    let (gone, stay): (Vec<_>, Vec<_>) = residents.drain(..).partition(is_it);
    *residents = stay;
    cluster.hosts[to].residents.extend(gone);
    let listed = take(&mut cluster.hosts[from].states, |listed| listed.name == name);
    if let Fact::Known(states) = &mut cluster.hosts[to].states {
        states.value.extend(listed);
    }
}

/// What a list that is known has of it.
fn take<T>(list: &mut Fact<Vec<Known<T>>>, is_it: impl Fn(&T) -> bool) -> Vec<Known<T>> {
    let Fact::Known(list) = list else { return Vec::new() };
    let (gone, stay) = list.value.drain(..).partition(|one| is_it(&one.value));
    list.value = stay;
    gone
}
