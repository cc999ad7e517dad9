//! The rights that Addendum needs, as data: ConnectWise moves rights between modules, so the table
//! is all there is to change (connectwise-api.md 13.2).

/// What a right allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Inquire,
    Add,
    Edit,
    Delete,
}

impl Act {
    /// ConnectWise's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Inquire => "Inquire",
            Self::Add => "Add",
            Self::Edit => "Edit",
            Self::Delete => "Delete",
        }
    }
}

/// A part of Addendum that can be switched on, and that needs rights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Reading what is there and posting additions: always on.
    Posting,
    /// Changing additions that were posted: persistent recurring ones, and auto-cancel.
    Updating,
    /// Taking a run back.
    Undo,
    /// A marker in a custom field.
    MarkerField,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Posting, Self::Updating, Self::Undo, Self::MarkerField];
}

/// One table of `System > Table Setup`, which the role can be kept from seeing on its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    /// As ConnectWise's setup calls it.
    pub name: &'static str,
    /// Every ConnectWise has rows in it, so that none means: hidden from the role.
    pub never_empty: bool,
}

/// One right of the API member's security role.
#[derive(Debug)]
pub(super) struct Right {
    /// What is switched on when this is needed.
    pub feature: Feature,
    /// ConnectWise's module.
    pub module: &'static str,
    /// The function in it, as the security role shows it.
    pub function: &'static str,
    /// Other names that the function has had.
    pub also: &'static [&'static str],
    /// What it allows.
    pub act: Act,
    /// What breaks without it.
    pub needed_for: &'static str,
    /// The paths behind it, each as it begins. The first one is asked as the light request that
    /// proves reading.
    pub paths: &'static [&'static str],
    /// The setup table that it is about.
    pub table: Option<Table>,
}

const AGREEMENTS: Right = Right {
    feature: Feature::Posting,
    module: "Finance",
    function: "Agreements",
    also: &[],
    act: Act::Inquire,
    needed_for: "reading agreements and finding what is posted already",
    paths: &["/finance/agreements"],
    table: None,
};

const TABLE: Right = Right {
    feature: Feature::Posting,
    module: "System",
    function: "Table Setup",
    also: &["Table Setup (customize)"],
    act: Act::Inquire,
    needed_for: "",
    paths: &[],
    table: None,
};

/// All of them, in the order in which `verify` shows them. Where two fit an endpoint, the longer
/// path counts.
pub(super) const RIGHTS: [Right; 11] = [
    Right {
        feature: Feature::Posting,
        module: "Companies",
        function: "Company Maintenance",
        also: &["Companies", "Manage Companies"],
        act: Act::Inquire,
        needed_for: "pulling companies and mapping organizations to them",
        paths: &["/company/companies"],
        table: None,
    },
    Right {
        feature: Feature::Posting,
        module: "Companies",
        function: "Contacts",
        also: &["Contact Maintenance"],
        act: Act::Inquire,
        needed_for: "finding the contact that a new agreement is made with",
        paths: &["/company/contacts"],
        table: None,
    },
    AGREEMENTS,
    Right { act: Act::Add, needed_for: "creating agreements and posting additions", ..AGREEMENTS },
    Right {
        feature: Feature::Updating,
        act: Act::Edit,
        needed_for: "updating and ending additions",
        ..AGREEMENTS
    },
    Right {
        feature: Feature::Undo,
        act: Act::Delete,
        needed_for: "undo: deleting what a run has posted",
        ..AGREEMENTS
    },
    Right {
        feature: Feature::Posting,
        module: "Procurement",
        function: "Product Catalog",
        also: &["Products Catalog", "Catalog"],
        act: Act::Inquire,
        needed_for: "pulling the catalog and mapping offers to products",
        paths: &["/procurement/catalog"],
        table: None,
    },
    Right {
        needed_for: "choosing the type of new agreements",
        paths: &["/finance/agreements/types"],
        table: Some(Table { name: "Agreement Types", never_empty: true }),
        ..TABLE
    },
    Right {
        needed_for: "telling how often an agreement is billed",
        paths: &["/finance/billingCycles"],
        table: Some(Table { name: "Billing Cycle", never_empty: true }),
        ..TABLE
    },
    Right {
        needed_for: "telling the currency of an agreement",
        paths: &["/finance/currencies"],
        table: Some(Table { name: "Currency", never_empty: false }),
        ..TABLE
    },
    Right {
        feature: Feature::MarkerField,
        needed_for: "finding the custom field that Addendum's marker may live in",
        paths: &["/system/userDefinedFields"],
        table: Some(Table { name: "Custom Fields", never_empty: false }),
        ..TABLE
    },
];

impl Right {
    /// The permission as `verify` names it.
    pub(super) fn title(&self) -> String {
        match self.table {
            Some(table) => format!("{} ({})", self.function, table.name),
            None => self.function.to_owned(),
        }
    }

    /// How to grant it.
    pub(super) fn remedy(&self) -> String {
        let mut text = format!(
            "in ConnectWise, System > Security Roles, open the API member's role and set {} > {} > \
             {} to All",
            self.module,
            self.function,
            self.act.word()
        );
        if let Some(table) = self.table {
            text.push_str(&format!(
                "; under its \u{201c}customize\u{201d} link allow {}",
                table.name
            ));
        }
        text
    }

    /// Whether a row of the role is about this function, by its name or identifier.
    pub(super) fn is(&self, name: &str) -> bool {
        let plain = |s: &str| -> String {
            s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let name = plain(name);
        std::iter::once(&self.function).chain(self.also).any(|f| plain(f) == name)
    }
}

/// The right that an endpoint needs; ConnectWise's own refusals never name it.
pub(super) fn behind(method: &str, path: &str) -> Option<&'static Right> {
    let act = match method {
        "POST" => Act::Add,
        "PATCH" | "PUT" => Act::Edit,
        "DELETE" => Act::Delete,
        _ => Act::Inquire,
    };
    let reach = |right: &&Right| {
        let fits = |p: &&&str| path.starts_with(**p);
        right.paths.iter().filter(fits).map(|p| p.len()).max()
    };
    RIGHTS
        .iter()
        .filter(|right| right.act == act)
        .filter_map(|right| Some((reach(&right)?, right)))
        .max_by_key(|(reach, _)| *reach)
        .map(|(_, right)| right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_has_its_right() {
        for (method, path, told) in [
            ("GET", "/company/companies", "Company Maintenance Inquire"),
            ("GET", "/company/contacts/count", "Contacts Inquire"),
            ("GET", "/finance/agreements/12/additions", "Agreements Inquire"),
            ("POST", "/finance/agreements/12/additions", "Agreements Add"),
            ("PATCH", "/finance/agreements/12/additions/3", "Agreements Edit"),
            ("DELETE", "/finance/agreements/12", "Agreements Delete"),
            ("GET", "/finance/agreements/types", "Table Setup (Agreement Types) Inquire"),
            ("GET", "/finance/billingCycles", "Table Setup (Billing Cycle) Inquire"),
            ("GET", "/system/userDefinedFields", "Table Setup (Custom Fields) Inquire"),
            ("GET", "/procurement/catalog", "Product Catalog Inquire"),
        ] {
            let right = behind(method, path).unwrap_or_else(|| panic!("{method} {path}"));
            assert_eq!(format!("{} {}", right.title(), right.act.word()), told);
        }
        assert!(behind("GET", "/system/info").is_none());
    }

    #[test]
    fn every_right_is_whole_and_stands_once() {
        let mut seen = std::collections::BTreeSet::new();
        for right in &RIGHTS {
            assert!(seen.insert((right.module, right.title(), right.act.word())), "{right:?}");
            assert!(!right.needed_for.is_empty() && !right.paths.is_empty(), "{right:?}");
            for part in [right.module, right.function, right.act.word()] {
                assert!(right.remedy().contains(part), "{right:?}");
            }
            assert!(Feature::ALL.contains(&right.feature));
        }
    }

    #[test]
    fn names_match_whatever_their_case_and_spaces() {
        let right = behind("GET", "/procurement/catalog").unwrap();
        for name in ["Product Catalog", "product catalog", "ProductCatalog", "PRODUCTS CATALOG"] {
            assert!(right.is(name), "{name}");
        }
        assert!(!right.is("Products"));
    }
}
