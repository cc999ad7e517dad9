//! Where what takes long is worked out: a plan of a million lines keeps a processor busy for seconds.

use tokio::task::JoinError;

/// Where what takes long is worked out. It is pure: what it takes and gives are values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labour {
    /// On threads of its own, so that whoever asks can do other things meanwhile.
    #[default]
    Threads,
    /// Where it is asked, for a caller whose time must not go on meanwhile.
    Here,
}

impl Labour {
    /// Works something out.
    ///
    /// # Errors
    /// The work panicked on its thread.
    pub(super) async fn of<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        match self {
            Self::Threads => tokio::task::spawn_blocking(work).await,
            Self::Here => Ok(work()),
        }
    }
}
