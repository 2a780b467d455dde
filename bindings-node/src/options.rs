//! The options of clients and calls. An absent one keeps the core's default.
//! Numbers come as JavaScript has them: the core checks that they fit.

use std::collections::HashMap;

use partner_messaging::{CallOptions, Client, ClientBuilder, Error, Request, RootsVariable};

use crate::generated::{NativeCallOptions, NativeClientOptions, NativeRequest};

/// As for `fetch`: certificates to trust besides the others.
const ROOTS: [RootsVariable; 1] = [RootsVariable::Adds("NODE_EXTRA_CA_CERTS")];

impl NativeClientOptions {
    /// `environment` is that of the thread and its context.
    pub(crate) fn into_core(self, environment: HashMap<String, String>) -> Result<ClientBuilder, Error> {
        self.apply(Client::builder().language("node").roots_variables(&ROOTS).environment(environment))
    }
}

impl NativeCallOptions {
    pub(crate) fn into_core(self) -> Result<CallOptions, Error> {
        self.apply(CallOptions::new())
    }
}

impl NativeRequest {
    pub(crate) fn into_core(self) -> Result<Request, Error> {
        let request = Request::new(self.method.as_str(), self.path.as_str());
        self.apply(request)
    }
}
