//! The form of the documents that programs read, as JSON Schema (draft 2020-12).

use schemars::{Schema, schema_for};

use crate::plan::{PlanDocument, ROLLOUT_VERSION, RolloutDocument, VERSION};

/// A document that is written for programs.
pub struct Published {
    /// What it is called.
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
        serde_json::to_string_pretty(&schema).map(|text| text + "\n")
    }
}

/// All of them, by name.
pub const PUBLISHED: [Published; 2] = [
    Published {
        name: "plan",
        version: VERSION,
        about: "plan.json of a plan",
        form: || schema_for!(PlanDocument),
    },
    Published {
        name: "rollout",
        version: ROLLOUT_VERSION,
        about: "plan.json of hosts that are taken down",
        form: || schema_for!(RolloutDocument),
    },
];
