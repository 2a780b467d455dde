//! The error codes, and the status that the sandbox sends with each.

/// A code with which an endpoint refuses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// Not in the service's document, which does not say how a wrong key is answered.
    Unauthorized,
    InvalidRequest,
    ValidationError,
    OrgNotFound,
    OrgInactive,
    AppNotFound,
    AppInactive,
    InsufficientCredit,
    ChannelConfigNotFound,
    ChannelCredentialsNotFound,
    MessageNotFound,
    InvalidPagination,
}

const ALL: [Code; 12] = [
    Code::Unauthorized,
    Code::InvalidRequest,
    Code::ValidationError,
    Code::OrgNotFound,
    Code::OrgInactive,
    Code::AppNotFound,
    Code::AppInactive,
    Code::InsufficientCredit,
    Code::ChannelConfigNotFound,
    Code::ChannelCredentialsNotFound,
    Code::MessageNotFound,
    Code::InvalidPagination,
];

impl Code {
    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn status(self) -> u16 {
        self.row().1
    }

    /// The names are the document's; which status goes with which is an assumption, as
    /// the document only says "4xx/5xx".
    fn row(self) -> (&'static str, u16) {
        match self {
            Code::Unauthorized => ("UNAUTHORIZED", 401),
            Code::InvalidRequest => ("INVALID_REQUEST", 400),
            Code::ValidationError => ("VALIDATION_ERROR", 400),
            Code::OrgNotFound => ("ORG_NOT_FOUND", 404),
            Code::OrgInactive => ("ORG_INACTIVE", 403),
            Code::AppNotFound => ("APP_NOT_FOUND", 404),
            Code::AppInactive => ("APP_INACTIVE", 403),
            Code::InsufficientCredit => ("INSUFFICIENT_CREDIT", 402),
            Code::ChannelConfigNotFound => ("CHANNEL_CONFIG_NOT_FOUND", 400),
            Code::ChannelCredentialsNotFound => ("CHANNEL_CREDENTIALS_NOT_FOUND", 400),
            Code::MessageNotFound => ("MESSAGE_NOT_FOUND", 404),
            Code::InvalidPagination => ("INVALID_PAGINATION", 400),
        }
    }
}

/// The status for a code by name; 400 for one that is not known here.
pub(crate) fn status(name: &str) -> u16 {
    let known = ALL.iter().find(|code| code.name() == name);
    known.map_or(400, |code| code.status())
}
