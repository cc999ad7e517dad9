//! What happened, for somebody who replays a seed. Costs nothing unless it is asked for.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

/// The diary of one seed.
#[derive(Debug, Clone, Default)]
pub struct Trace(Option<Arc<Mutex<Vec<String>>>>);

impl Trace {
    pub fn kept() -> Self {
        Self(Some(Arc::default()))
    }

    /// Writes a line, with the time since the seed began.
    pub fn tell(&self, began: Instant, line: impl FnOnce() -> String) {
        if let Some(lines) = &self.0 {
            let at = began.elapsed();
            let text = format!("{:>9.3}  {}", at.as_secs_f64(), line());
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }
    }

    pub fn lines(&self) -> Vec<String> {
        let Some(lines) = &self.0 else { return Vec::new() };
        lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
