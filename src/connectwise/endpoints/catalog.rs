//! The product catalog (connectwise-api.md 12.3).

use crate::connectwise::paging::{List, Progress, gather};
use crate::connectwise::records::catalog::{CatalogRecord, FIELDS};
use crate::connectwise::{Client, PsaError};
use crate::domain::psa::Product;

impl Client {
    /// The catalog.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn products(&self, progress: Progress<'_>) -> Result<Vec<Product>, PsaError> {
        let list = List::of("/procurement/catalog").fields(FIELDS);
        let all = gather::<CatalogRecord>(self.transport(), &list, progress).await?;
        Ok(all.into_iter().map(Product::from).collect())
    }
}
