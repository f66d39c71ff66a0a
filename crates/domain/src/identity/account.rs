//! Accounts and the texts that open them.

crate::choice! {
    /// Where the account of a person or of a partner platform stands.
    pub enum AccountState {
        /// It may be used.
        Active = "active",
        /// Shut by an administrator; its sessions are dead.
        Disabled = "disabled",
        /// Signed up by somebody who has not shown yet that the e-mail address is theirs.
        Unconfirmed = "unconfirmed",
    }
}

crate::text! {
    /// The id of a partner platform's account, as it is written in client credentials.
    ClientName, max = 100
}

crate::text! {
    /// A secret that was shown or mailed once: a refresh token, a client secret, the token of an invitation.
    SecretText, max = 300
}

crate::text! {
    /// Six digits of an authenticator app; spaces do not count.
    OneTimeCode, max = 10
}

impl OneTimeCode {
    /// The digits alone.
    pub fn digits(&self) -> String {
        self.as_str().chars().filter(|c| !c.is_whitespace()).collect()
    }
}
