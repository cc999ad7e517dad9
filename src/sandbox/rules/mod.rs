//! ConnectWise's rules for what may be written.

mod addition;
mod agreement;
mod fields;
pub(super) mod proration;
mod reference;
#[cfg(test)]
mod tests;

pub(super) use addition::{ADDITION_FIELDS, create_addition, patch_addition, replace_addition};
pub(super) use agreement::{
    AGREEMENT_FIELDS, create_agreement, patch_agreement, replace_agreement,
};
pub(super) use fields::{Field, Shape, names};
