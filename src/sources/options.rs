//! What the settings choose of a source's reading.

use std::path::PathBuf;

use super::profile::Profile;
use super::profile::written::DateOrder;
use crate::config::SourceSettings;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// The choices; none of them is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The order of dates, where the file cannot tell (`source.date_order`).
    pub date_order: Option<DateOrder>,
    /// How usage is summed up (`source.group_by`); empty: as the profile has it.
    pub group_by: String,
    /// Named filters that are switched on (`source.leave_out`).
    pub leave_out: Vec<String>,
    /// Authorities that are believed beside the system's (`source.root_certificate`).
    pub root_certificate: Option<PathBuf>,
}

impl Options {
    /// Nothing chosen.
    pub const NONE: &'static Self = &Self {
        date_order: None,
        group_by: String::new(),
        leave_out: Vec::new(),
        root_certificate: None,
    };

    /// Refuses names of filters that none of the profiles has.
    pub(super) fn check(&self, profiles: &[Profile]) -> Result<(), Problem> {
        let known: Vec<&str> = profiles
            .iter()
            .flat_map(|p| p.filters.iter().filter_map(|f| f.name.as_deref()))
            .collect();
        match self.leave_out.iter().find(|n| !known.contains(&n.as_str())) {
            None => Ok(()),
            Some(name) => Err(Problem::new(
                ProblemKind::Refused,
                "unknown-filter",
                format!("source.leave_out: the profile leaves out no {}", harmless(name)),
                match (crate::config::nearest(name, &known), known.is_empty()) {
                    (Some(near), _) => format!("did you mean \"{near}\"?"),
                    (None, true) => "take it out: this profile has no named filters".into(),
                    (None, false) => format!("it is one of {}", known.join(", ")),
                },
            )),
        }
    }
}

impl From<&SourceSettings> for Options {
    fn from(settings: &SourceSettings) -> Self {
        Self {
            date_order: match settings.date_order.as_str() {
                "mdy" => Some(DateOrder::Mdy),
                "dmy" => Some(DateOrder::Dmy),
                // The settings are checked: nothing else is written there.
                _ => None,
            },
            group_by: settings.group_by.clone(),
            leave_out: settings.leave_out.clone(),
            root_certificate: settings.root_certificate.clone(),
        }
    }
}
