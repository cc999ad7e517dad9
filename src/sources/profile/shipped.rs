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
const SHIPPED: &[Shipped] = shipped!["partner-center", "pax8", "appxite", "sherweb", "arrow"];

/// The profiles that are part of the program, by name.
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
