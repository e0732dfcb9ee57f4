//! What a cluster can take: for programs, and for people.

mod document;
mod hosts;
mod losses;
mod ports;
mod record;
mod tables;
mod text;
mod text_losses;
mod values;
mod why;

pub(super) use document::VERSION;
pub use document::{
    ArmOfferRecord, ArmSizingRecord, BarredRecord, BarringRecord, FitRecord, GuestPortsRecord,
    HostLossRecord, HostRoomRecord, HugePagesRecord, LeftRecord, PairsRecord, RestartRecord, ReviewDocument,
    RoomGroupRecord, ScsiRecord, SizeRecord, SumRecord, UnknownGuestRecord,
};
pub use record::review_document;
pub use text::review_text;
pub(super) use why::why as why_left;
