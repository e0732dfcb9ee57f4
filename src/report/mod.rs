//! What comes out: one file a format. None of them decides anything.

mod abi;
mod alike;
mod arm;
mod baseline;
mod check_findings;
mod check_json;
mod check_rules;
mod check_text;
mod csv;
mod detail;
mod diff;
mod dot;
mod drift;
mod edits;
mod evidence;
mod explain;
mod folded;
mod graph_json;
mod graph_text;
mod heatmap;
mod hosts;
mod html;
mod islands;
mod junit;
mod ladder;
mod ladder_text;
mod markdown;
mod matrix;
mod motives;
mod noticed;
mod numbered;
mod pinned;
mod places;
mod plan_text;
mod prospect;
mod prospect_text;
mod quote;
mod reboot;
mod review;
mod rewritten;
mod rollout_text;
mod rule_page;
mod sarif;
mod schema;
mod selection;
mod standings;
mod steps;
mod stuck;
mod svg;
mod tags;
mod way_back;
mod words;

pub use abi::{AbiDifferenceRecord, AbiDocument, AbiRecord, AbiSideRecord, abi_document, abi_text};
pub use arm::{
    ArmClassRecord, ArmEdgeRecord, ArmFactRecord, ArmRecord, DifferenceRecord, Locate, arm_record,
};
pub use baseline::{
    BaselineDocument, BaselineRecord, LossRecord, MitigationRecord, baseline_document, baseline_text,
};
pub use check_json::{
    FindingRecord, FindingsDocument, GuestsRecord, InventoryFindingRecord, PlacedRecord, ProblemRecord,
    VerdictRecord, findings,
};
pub use check_text::{Shown, check};
pub use csv::{plan_csv, rollout_csv, verdicts_csv};
pub use detail::Detail;
pub use diff::{coloured, diff};
pub use dot::dot;
pub use drift::{DriftDocument, DriftRecord, drift_document, drift_text};
pub use edits::{
    EditRecord, NoticeRecord, PositionRecord, ReplacementRecord, SpanRecord, StepRecord, withheld,
    would_change,
};
pub use explain::{CellDocument, cell_document, explain};
pub use folded::folded;
pub use graph_json::{GraphDocument, graph};
pub use graph_text::graph_text;
pub use hosts::{HostsDocument, hosts_document};
pub use html::{Pictured, Wanted, pages};
pub use junit::junit;
pub use ladder::{
    BaselineReport, ChangeRecord, DragRecord, Found, GroupRecord, LadderRecord, RungRecord, StandingRecord,
    baseline_report, drag_records, ladder_records,
};
pub use ladder_text::baseline_report_text;
pub use markdown::{Told, markdown};
pub use noticed::NoticedRecord;
pub use pinned::{PinDocument, pin_document, pin_summary, pin_text};
pub use places::{Located, Places};
pub use plan_text::plan_text;
pub use prospect::{ProspectsRecord, prospects_record};
pub use quote::{Complaint, complaint};
pub use reboot::{MachineRecord, RebootRecord, SeenRecord};
use review::why_left;
pub use review::{
    ArmOfferRecord, ArmSizingRecord, BarredRecord, BarringRecord, FitRecord, GuestPortsRecord,
    HostLossRecord, HostRoomRecord, HugePagesRecord, LeftRecord, PairsRecord, RestartRecord, ReviewDocument,
    RoomGroupRecord, ScsiRecord, SizeRecord, SumRecord, UnknownGuestRecord, review_document, review_text,
};
pub use rewritten::{PortsRecord, RewriteDocument, rewrite_document, rewrite_reasons, rewrite_summary};
pub use rollout_text::rollout_text;
pub use rule_page::{
    ExcerptRecord, MendRecord, RuleDocument, VisibleRecord, rule_document, rule_index, rule_list, rule_page,
    user_rule_document, user_rule_page,
};
pub use sarif::sarif;
pub use schema::{PUBLISHED, Published};
pub use selection::{Filter, Selection};
pub use standings::Standings;
pub use stuck::stuck_text;
pub use svg::graph_svg;
pub use way_back::{ReturnRecord, WayBackFindingRecord, WayBackRecord};
