//! Rights.
pub(super) fn is_right(_name: &str) -> bool {
    true
}
