//! What a command on a profile begins with: where things are, the settings, the store.

use super::Global;
use super::shell::failure::Failure;
use crate::config::{Paths, Settings};
use crate::store::Store;

/// A profile's home.
#[derive(Debug, Clone)]
pub struct Home {
    /// The profile's name.
    pub profile: String,
    /// Where everything is.
    pub paths: Paths,
    /// What the settings say.
    pub settings: Settings,
}

impl Home {
    /// Finds the folders and reads the settings.
    ///
    /// # Errors
    /// A profile name that is no file name; settings that are refused.
    pub fn open(global: &Global) -> Result<Self, Failure> {
        let paths = Paths::find(global.home.as_deref(), &global.profile)?;
        let settings = Settings::read(&paths.settings, &global.profile)?;
        Ok(Self { profile: global.profile.clone(), paths, settings })
    }

    /// Opens the profile's store.
    ///
    /// # Errors
    /// A store that cannot be opened.
    pub async fn store(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.paths.store).await.map_err(store_problem)?)
    }
}

/// A refusal of the store, for people.
pub fn store_problem(error: crate::store::StoreError) -> crate::domain::problem::Problem {
    crate::domain::problem::Problem::new(
        crate::domain::problem::ProblemKind::Fault,
        "store",
        error.to_string(),
        "check the disk and its free space; nothing that was posted is lost",
    )
}
