//! `addendum delete-integration`: forget a profile. Nothing is deleted in the PSA.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::Global;
use super::credentials::{forget, place_word, secret_word};
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, note};
use crate::config::Paths;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::store::Store;
use crate::vault::Vault;
use crate::worker::{LEASE_FILES, Lease};

/// Arguments of `delete-integration`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// Deletes after the profile's name was typed: at the prompt, or as a line of standard input.
pub async fn run(global: &Global, _args: &Args, output: Output) -> Result<Answer, Failure> {
    let paths = Paths::find(global.home.as_deref(), &global.profile)?;
    let typed = if ask::can_ask() && !output.json {
        note(&format!(
            "This forgets the profile `{}`: credentials, mappings, the local copy, history and logs,\n\
             in {}.\nNothing is deleted in the PSA; what was posted stays, and a new store finds it \
             again by its markers.\nThe audit journal goes too: `addendum audit export --out \
             FILE` keeps it.",
            global.profile,
            paths.data_dir.display()
        ));
        ask::line("Type the profile's name to go on: ")?
    } else {
        ask::stdin_line()?.unwrap_or_default()
    };
    if typed.trim() != global.profile {
        return Err(Failure::Problem(Problem::new(
            ProblemKind::Refused,
            "not-confirmed",
            format!("`{}` is not the profile's name; nothing was deleted", harmless(typed.trim())),
            format!("type `{}`, or give it as a line of standard input", global.profile),
        )));
    }
    // A daemon would bring the profile back to life at night.
    let schedule = Lease::schedule(&paths.data_dir, "delete-integration")?;
    let lease = Lease::take(&paths.data_dir, "delete-integration")?;
    let left = forget(&Vault::new(&paths, &global.profile))?;
    let deleted = delete_files(&paths)?;
    drop((lease, schedule));
    // These are ours and hold nothing any more; a folder with other files in it stays.
    for name in LEASE_FILES {
        let _ = std::fs::remove_file(paths.data_dir.join(name));
    }
    let _ = std::fs::remove_dir(&paths.data_dir);
    let document = json!({
        "profile": global.profile,
        "deleted": deleted,
        "still_found": left.iter().map(|(name, place)| json!({
            "secret": secret_word(*name), "found_in": place,
        })).collect::<Vec<_>>(),
        "settings": paths.settings.display().to_string(),
    });
    let mut text = format!(
        "forgotten: the profile `{}` ({} files)\nkept: the settings in {}; nothing was deleted in the PSA",
        global.profile,
        deleted.len(),
        paths.settings.display()
    );
    for (name, place) in left {
        text.push_str(&format!(
            "\nstill there: the {} in {}, which is not ours to delete",
            secret_word(name),
            place_word(place)
        ));
    }
    Answer::new("delete-integration", &document, text)
}

/// Deletes the store with its backups and the encrypted secrets; nothing that is not ours.
fn delete_files(paths: &Paths) -> Result<Vec<String>, Failure> {
    let before = names(&paths.data_dir);
    Store::remove_files(&paths.store).map_err(|e| Failure::Problem(e.problem()))?;
    match std::fs::remove_file(&paths.vault) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::file(&paths.vault, "delete", &e));
        }
        _ => {}
    }
    Ok(before.difference(&names(&paths.data_dir)).cloned().collect())
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}
