//! What the catalog keeps of an account's one-time codes: the secret they are made with, which of them was taken last, and
//! the recovery codes that stand for one each. It must not know how codes are computed.

use std::fmt;

use super::{Account, Author, Catalog, CatalogError, audit::Note, token::TokenHash};

/// The secret that one-time codes are made with. It does not show itself.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct CodeSecret(pub Vec<u8>);

impl fmt::Debug for CodeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeSecret(…)")
    }
}

impl Catalog {
    /// Keeps a secret that the person has still to show to know; codes are not needed before that.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn offer_codes(&self, account: i64, secret: &CodeSecret) -> Result<(), CatalogError> {
        let row = sqlx::query("UPDATE account SET totp = ?, totp_used = 0 WHERE id = ? AND totp_on = 0");
        row.bind(secret).bind(account).execute(&self.pool).await?;
        Ok(())
    }

    /// The account's secret, whether codes are needed yet or not.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn code_secret(&self, account: i64) -> Result<Option<CodeSecret>, CatalogError> {
        let row = sqlx::query_scalar("SELECT totp FROM account WHERE id = ?").bind(account);
        let secret: Option<Option<CodeSecret>> = row.fetch_optional(&self.pool).await?;
        Ok(secret.flatten())
    }

    /// From now on codes are needed; the recovery codes are these and no others.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn require_codes(
        &self,
        account: &Account,
        recovery: &[TokenHash],
        by: &Author,
    ) -> Result<(), CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query("UPDATE account SET totp_on = 1 WHERE id = ? AND totp IS NOT NULL");
        row.bind(account.number).execute(&mut *work).await?;
        let row = sqlx::query("DELETE FROM recovery_code WHERE account = ?").bind(account.number);
        row.execute(&mut *work).await?;
        for hash in recovery {
            let row = sqlx::query("INSERT INTO recovery_code (account, hash) VALUES (?, ?)");
            let row = row.bind(account.number).bind(hash);
            row.execute(&mut *work).await?;
        }
        work.finish(Note::of_account(account, "codes_required")).await
    }

    /// Codes are not needed any more; the secret and the recovery codes are forgotten.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn drop_codes(&self, account: &Account, by: &Author) -> Result<(), CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query("UPDATE account SET totp = NULL, totp_on = 0, totp_used = 0 WHERE id = ?");
        row.bind(account.number).execute(&mut *work).await?;
        let row = sqlx::query("DELETE FROM recovery_code WHERE account = ?").bind(account.number);
        row.execute(&mut *work).await?;
        work.finish(Note::of_account(account, "codes_dropped")).await
    }

    /// Takes the code of a time step. False when one of that step or a later one was taken before.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn take_step(&self, account: i64, step: i64) -> Result<bool, CatalogError> {
        let row = sqlx::query("UPDATE account SET totp_used = ?1 WHERE id = ?2 AND totp_used < ?1");
        let row = row.bind(step).bind(account).execute(&self.pool).await?;
        Ok(row.rows_affected() == 1)
    }

    /// Takes a recovery code. False when there is none such (any more).
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn take_recovery_code(&self, account: i64, hash: &TokenHash) -> Result<bool, CatalogError> {
        let row = sqlx::query("DELETE FROM recovery_code WHERE account = ? AND hash = ?");
        let row = row.bind(account).bind(hash).execute(&self.pool).await;
        Ok(row?.rows_affected() == 1)
    }
}
