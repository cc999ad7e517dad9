//! What a command on a profile begins with: where things are, the settings, the store.

use super::Global;
use super::shell::failure::Failure;
use crate::config::Paths;
use crate::worker::Profile;

/// Opens the profile; its store is created when there is none.
///
/// # Errors
/// A profile name that is no file name; settings that are refused; a store that cannot be opened.
pub async fn open(global: &Global) -> Result<Profile, Failure> {
    let paths = Paths::find(global.home.as_deref(), &global.profile)?;
    Ok(Profile::open(paths, &global.profile).await?)
}
