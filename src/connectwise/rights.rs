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

/// One right of the API member's security role.
#[derive(Debug)]
pub(super) struct Right {
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
    /// A light request that proves reading.
    pub probe: Option<&'static str>,
    /// The probe reads a setup table: an empty answer means that it is hidden.
    pub setup_table: bool,
}

const AGREEMENTS: &str = "Agreements";

/// All of them, in the order in which `verify` shows them.
pub(super) const RIGHTS: [Right; 8] = [
    Right {
        module: "Companies",
        function: "Company Maintenance",
        also: &["Companies", "Manage Companies"],
        act: Act::Inquire,
        needed_for: "pulling companies and mapping organizations to them",
        probe: Some("/company/companies/count"),
        setup_table: false,
    },
    Right {
        module: "Companies",
        function: "Contacts",
        also: &["Contact Maintenance"],
        act: Act::Inquire,
        needed_for: "finding the contact that a new agreement is made with",
        probe: Some("/company/contacts/count"),
        setup_table: false,
    },
    Right {
        module: "Finance",
        function: AGREEMENTS,
        also: &[],
        act: Act::Inquire,
        needed_for: "reading agreements and finding what is posted already",
        probe: Some("/finance/agreements/count"),
        setup_table: false,
    },
    Right {
        module: "Finance",
        function: AGREEMENTS,
        also: &[],
        act: Act::Add,
        needed_for: "creating agreements and posting additions",
        probe: None,
        setup_table: false,
    },
    Right {
        module: "Finance",
        function: AGREEMENTS,
        also: &[],
        act: Act::Edit,
        needed_for: "updating and ending additions",
        probe: None,
        setup_table: false,
    },
    Right {
        module: "Finance",
        function: AGREEMENTS,
        also: &[],
        act: Act::Delete,
        needed_for: "undo: deleting what a run has posted",
        probe: None,
        setup_table: false,
    },
    Right {
        module: "Procurement",
        function: "Product Catalog",
        also: &["Products Catalog", "Catalog"],
        act: Act::Inquire,
        needed_for: "pulling the catalog and mapping offers to products",
        probe: Some("/procurement/catalog/count"),
        setup_table: false,
    },
    Right {
        module: "System",
        function: "Table Setup",
        also: &["Table Setup (customize)"],
        act: Act::Inquire,
        needed_for: "reading agreement types, billing cycles, currencies and custom fields",
        probe: Some("/finance/agreements/types"),
        setup_table: true,
    },
];

impl Right {
    /// How to grant it.
    pub(super) fn remedy(&self) -> String {
        let mut text = format!(
            "in ConnectWise, System > Security Roles, open the API member's role and set {} > {} > \
             {} to All",
            self.module,
            self.function,
            self.act.word()
        );
        if self.setup_table {
            text.push_str(
                "; under its \u{201c}customize\u{201d} link allow Agreement Types, Billing Cycle, \
                 Currency and Custom Fields",
            );
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
    let function = if path.starts_with("/company/companies") {
        "Company Maintenance"
    } else if path.starts_with("/company/contacts") {
        "Contacts"
    } else if path.starts_with("/procurement/catalog") {
        "Product Catalog"
    } else if path.starts_with("/finance/agreements/types")
        || path.starts_with("/finance/billingCycles")
        || path.starts_with("/finance/currencies")
        || path.starts_with("/system/userDefinedFields")
    {
        "Table Setup"
    } else if path.starts_with("/finance/agreements") {
        AGREEMENTS
    } else {
        return None;
    };
    RIGHTS.iter().find(|r| r.function == function && r.act == act)
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
            ("GET", "/finance/agreements/types", "Table Setup Inquire"),
            ("GET", "/system/userDefinedFields", "Table Setup Inquire"),
            ("GET", "/procurement/catalog", "Product Catalog Inquire"),
        ] {
            let right = behind(method, path).unwrap_or_else(|| panic!("{method} {path}"));
            assert_eq!(format!("{} {}", right.function, right.act.word()), told);
        }
        assert!(behind("GET", "/system/info").is_none());
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
