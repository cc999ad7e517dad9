//! `addendum source list` and `show`: the profiles that ship with Addendum.

use serde_json::json;

use super::super::shell::failure::Failure;
use super::super::shell::output::Answer;
use super::super::shell::table::{Align, Table};
use crate::config::nearest;
use crate::domain::text::harmless;
use crate::sources;

/// Arguments of `source show`.
#[derive(Debug, Clone, clap::Args)]
pub struct ShowArgs {
    /// A name that `source list` shows, `template` (files) or `template-http`
    #[arg(value_name = "PROFILE")]
    pub name: String,
}

/// Lists.
pub(super) fn run() -> Result<Answer, Failure> {
    let known = sources::known()?;
    let mut table = Table::new(&[("Profile", Align::Left), ("Reads", Align::Left)]);
    for one in &known {
        table.row([one.name, one.title.as_str()]);
        if !one.filters.is_empty() {
            table.row(["", &format!("source.leave_out: {}", one.filters.join(", "))]);
        }
        if !one.groups.is_empty() {
            table.row(["", &format!("source.group_by: {}", one.groups.join(", "))]);
        }
    }
    let document = json!({
        "profiles": known.iter().map(|one| json!({
            "name": one.name, "title": one.title, "http": one.http, "leave_out": one.filters,
            "group_by": one.groups,
        })).collect::<Vec<_>>(),
    });
    let text = format!(
        "{}\n\nset one as source.profile, or the path of your own: `addendum source show template` \
         explains\nhow to write one, `addendum source check PROFILE FILE` shows what it makes of a \
         bill",
        table.text()
    );
    Answer::new("source", &document, text)
}

/// Shows the TOML of one.
pub(super) fn show(args: &ShowArgs) -> Result<Answer, Failure> {
    let known = sources::known()?;
    let texts: Vec<(&str, &str)> = known
        .iter()
        .filter(|one| !one.text.is_empty())
        .map(|one| (one.name, one.text))
        .chain(sources::TEMPLATES)
        .collect();
    let Some((name, text)) = texts.iter().find(|(name, _)| *name == args.name) else {
        let names: Vec<&str> = texts.iter().map(|(name, _)| *name).collect();
        let message = match args.name.as_str() {
            "canonical" => "canonical has no TOML: its columns are fixed".to_owned(),
            other => format!("there is no source profile {}", harmless(other)),
        };
        return Err(Failure::usage(
            message,
            match nearest(&args.name, &names) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are {}", names.join(", ")),
            },
        ));
    };
    Answer::new("source", &json!({ "name": name, "toml": text }), text.trim_end().to_owned())
}
