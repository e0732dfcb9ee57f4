//! The form of the documents that programs read, as JSON Schema (draft 2020-12).

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::{
    AbiDocument, BaselineReport, CellDocument, DriftDocument, GraphDocument, HostsDocument, PinDocument,
    ReviewDocument, RewriteDocument, RuleDocument,
};
use super::{abi, baseline, check_json, drift, graph_json, hosts, pinned, review, rewritten, rule_page};
use crate::cpu::x86::{LOCK_VERSION, Lock};
use crate::plan::{PlanDocument, ROLLOUT_VERSION, RolloutDocument, VERSION};

/// A document that is written for programs.
pub struct Published {
    /// What it is called; its `format` is `portolan-` and that.
    pub name: &'static str,
    /// The version of its form.
    pub version: u32,
    /// Where it is found.
    pub about: &'static str,
    form: fn() -> Schema,
}

impl Published {
    /// Its schema as JSON, indented, with a line feed at the end.
    ///
    /// # Errors
    /// Never: a schema holds nothing that JSON cannot.
    pub fn schema(&self) -> Result<String, serde_json::Error> {
        let mut schema = (self.form)();
        schema.insert("title".to_owned(), format!("portolan {} {}", self.name, self.version).into());
        pin(&mut schema, "format", json!(format!("portolan-{}", self.name)));
        pin(&mut schema, "version", json!(self.version));
        serde_json::to_string_pretty(&schema).map(|text| text + "\n")
    }
}

/// Allows a field no other value: so a document of another form is refused, whatever else it holds.
fn pin(schema: &mut Schema, field: &str, value: Value) {
    if let Some(Value::Object(field)) = schema.pointer_mut(&format!("/properties/{field}")) {
        field.insert("const".to_owned(), value);
    }
}

/// The form in which `T` is written: fields are there that are always written, and no others than are named.
fn form_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.with_transform(RecursiveTransform(close)).into_generator().into_root_schema_for::<T>()
}

/// A field more is another version.
fn close(schema: &mut Schema) {
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// All of them, by name.
pub const PUBLISHED: [Published; 13] = [
    Published { name: "abi", version: abi::VERSION, about: "`portolan abi`", form: form_of::<AbiDocument> },
    Published {
        name: "baseline",
        version: baseline::VERSION,
        about: "`portolan baseline`, and baseline.json of a plan",
        form: form_of::<BaselineReport>,
    },
    Published {
        name: "baseline-drift",
        version: drift::VERSION,
        about: "`portolan baseline --verify`",
        form: form_of::<DriftDocument>,
    },
    Published {
        name: "baseline-lock",
        version: LOCK_VERSION,
        about: "the file of `portolan baseline --lock`",
        form: form_of::<Lock>,
    },
    Published {
        name: "findings",
        version: check_json::VERSION,
        about: "`portolan check`, `portolan explain` of one guest and one host, and findings.json of a plan",
        form: form_of::<CellDocument>,
    },
    Published {
        name: "graph",
        version: graph_json::VERSION,
        about: "`portolan graph`",
        form: form_of::<GraphDocument>,
    },
    Published {
        name: "hosts",
        version: hosts::VERSION,
        about: "hosts.json of a plan",
        form: form_of::<HostsDocument>,
    },
    Published {
        name: "pin",
        version: pinned::VERSION,
        about: "each guest of `portolan rewrite` with --baseline and without --to, or with --cpu",
        form: form_of::<PinDocument>,
    },
    Published { name: "plan", version: VERSION, about: "plan.json of a plan", form: form_of::<PlanDocument> },
    Published {
        name: "review",
        version: review::VERSION,
        about: "`portolan review`",
        form: form_of::<ReviewDocument>,
    },
    Published {
        name: "rewrite",
        version: rewritten::VERSION,
        about: "each guest of every other `portolan rewrite`",
        form: form_of::<RewriteDocument>,
    },
    Published {
        name: "rollout",
        version: ROLLOUT_VERSION,
        about: "plan.json of hosts that are taken down",
        form: form_of::<RolloutDocument>,
    },
    Published {
        name: "rule",
        version: rule_page::VERSION,
        about: "`portolan explain RULE`, and each rule in the list of `portolan explain`",
        form: form_of::<RuleDocument<'static>>,
    },
];
