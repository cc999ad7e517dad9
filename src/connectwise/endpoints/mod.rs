//! The endpoints that Addendum uses, a file for each kind of record.

mod additions;
mod agreements;
mod catalog;
mod companies;
mod setup;
mod system;
