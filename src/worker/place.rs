//! Where markers go, from `billing.identity` and the PSA's custom fields (design 6.7).

use crate::domain::policy::IdentityPlace;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::{CustomField, MarkerPlace};

/// The caption that `auto` looks for.
const CAPTION: &str = "Addendum ID";

/// Resolves `billing.identity` with the custom fields that `pull agreements` brought.
///
/// # Errors
/// [`ProblemKind::NotSetUp`] when the settings name a field that the PSA does not have.
pub fn marker_place(
    identity: &IdentityPlace,
    fields: &[CustomField],
) -> Result<MarkerPlace, Problem> {
    let find = |caption: &str| {
        fields.iter().find(|f| f.caption.trim().eq_ignore_ascii_case(caption.trim())).cloned()
    };
    match identity {
        IdentityPlace::SerialNumber => Ok(MarkerPlace::SerialNumber),
        IdentityPlace::Auto => {
            Ok(find(CAPTION).map_or(MarkerPlace::SerialNumber, MarkerPlace::CustomField))
        }
        IdentityPlace::CustomField(caption) => {
            find(caption).map(MarkerPlace::CustomField).ok_or_else(|| {
                Problem::new(
                    ProblemKind::NotSetUp,
                    "no-custom-field",
                    format!(
                        "billing.identity names the custom field \u{201c}{caption}\u{201d}, and the \
                         PSA has none with that caption on agreement additions"
                    ),
                    "create it in ConnectWise under Custom Field Setup for agreement additions and \
                     run `addendum pull agreements`, or set billing.identity to \"serialNumber\"",
                )
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_takes_the_field_where_there_is_one() {
        let field = CustomField { id: 7, caption: "Addendum ID".into() };
        let other = CustomField { id: 8, caption: "Cost centre".into() };
        let fields = [other, field.clone()];
        let auto = &IdentityPlace::Auto;
        assert_eq!(marker_place(auto, &fields).unwrap(), MarkerPlace::CustomField(field));
        assert_eq!(marker_place(auto, &[]).unwrap(), MarkerPlace::SerialNumber);
    }

    #[test]
    fn a_named_field_that_is_missing_is_not_set_up() {
        let wanted = IdentityPlace::CustomField("Mark".into());
        assert_eq!(marker_place(&wanted, &[]).unwrap_err().kind, ProblemKind::NotSetUp);
    }
}
