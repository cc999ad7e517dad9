//! Tests of the invoice-line flow: what design 6 says, case by case, and what must hold for any
//! input.

mod agreements;
mod auto_cancel;
mod dates;
mod equation;
mod guards;
mod house;
mod lines;
mod netting;
mod prices;
mod properties;
mod recurring;
mod scope;

use house::{House, day, dec};
