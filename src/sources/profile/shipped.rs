//! The profiles that are part of the program, and how a profile is found.

use std::path::Path;

use super::{Profile, check, parse};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// A profile that is part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Its name, as `source.profile` takes it.
    pub name: &'static str,
    /// Its TOML.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(Shipped {
            name: $name,
            text: include_str!(concat!("../../../config/sources/", $name, ".toml")),
        }),*]
    };
}

/// By name. `canonical` is not among them: it has a reader of its own.
const SHIPPED: &[Shipped] =
    shipped!["partner-center", "partner-center-usage", "pax8", "appxite", "sherweb", "arrow"];

/// The profiles that are part of the program, by name.
#[cfg(test)]
pub fn shipped() -> &'static [Shipped] {
    SHIPPED
}

impl Profile {
    /// The profile that `source.profile` names: one that is shipped, or a file of the user's.
    ///
    /// # Errors
    /// `unknown-source-profile`, `no-such-profile` or `bad-profile`.
    pub fn find(name: &str) -> Result<Self, Problem> {
        if let Some(known) = SHIPPED.iter().find(|s| s.name == name) {
            return Self::parse(known.name, known.text);
        }
        let is_path = name.contains(['/', '\\']) || name.to_ascii_lowercase().ends_with(".toml");
        if is_path {
            return Self::parse(name, &parse::read(Path::new(name))?);
        }
        let names: Vec<&str> = SHIPPED.iter().map(|s| s.name).chain(["canonical"]).collect();
        let near = crate::config::nearest(name, &names);
        Err(Problem::new(
            ProblemKind::NotSetUp,
            "unknown-source-profile",
            format!("there is no source profile {}", harmless(name)),
            match near {
                Some(near) => format!("did you mean \"{near}\"? `addendum source list` shows all"),
                None => {
                    "set source.profile to a name that `addendum source list` shows, or to the \
                         path of a profile of your own"
                        .into()
                }
            },
        ))
    }

    /// Reads and checks the text of a profile. `file` is how it is called in a complaint.
    ///
    /// # Errors
    /// `bad-profile`, with line and key.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        check::profile(file, parse::form(file, text)?)
    }
}

/// A profile that `source.profile` can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// What it reads.
    pub title: String,
    /// Whether it is asked over HTTP; otherwise it reads files.
    pub http: bool,
    /// Names for `source.leave_out`.
    pub filters: Vec<String>,
    /// Choices for `source.group_by`.
    pub groups: Vec<String>,
    /// Its TOML; `canonical` has none.
    pub text: &'static str,
}

/// Profiles to begin one's own with: names and TOML.
pub const TEMPLATES: [(&str, &str); 2] = [
    ("template", include_str!("../../../config/sources/template.toml")),
    ("template-http", include_str!("../../../config/sources/template-http.toml")),
];

/// All profiles that are part of the program, `canonical` first.
///
/// # Errors
/// `bad-profile`: one of them is broken, which a test rules out.
pub fn known() -> Result<Vec<Known>, Problem> {
    let mut all = vec![Known {
        name: "canonical",
        title: "Addendum's own columns: CSV, XLSX, JSON Lines, or a Platform over HTTP".into(),
        http: false,
        filters: Vec::new(),
        groups: Vec::new(),
        text: "",
    }];
    for one in SHIPPED {
        let profile = Profile::parse(one.name, one.text)?;
        let mut groups: Vec<String> =
            profile.aggregate.iter().flat_map(|a| a.groups.iter().map(|g| g.0.clone())).collect();
        if profile.aggregate.as_ref().is_some_and(|a| a.tags.is_some()) {
            groups.push("tag:NAME".into());
        }
        all.push(Known {
            name: one.name,
            title: profile.title,
            http: profile.http.is_some(),
            filters: profile.filters.into_iter().filter_map(|f| f.name).collect(),
            groups,
            text: one.text,
        });
    }
    Ok(all)
}
