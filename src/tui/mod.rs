//! The terminal app (design 2, floor 5).
//!
//! ```text
//!   terminal events, signals, worker events, answers, timers
//!            |                       runtime/   the loop, the terminal, what effects do
//!            v
//!     keys/  chord -> command        commands/  the one table
//!            |
//!            v
//!    model/  update(&mut Model, Message) -> Vec<Effect>     no I/O, no ratatui
//!            |
//!            v
//!     view/  draw(&Model, &mut Frame)                       ratatui only
//! ```

pub mod commands;
pub mod field;
pub mod keys;
mod measure;
pub mod model;
pub mod runtime;
pub mod view;

pub use runtime::{Options, has_terminal, run, run_on};
