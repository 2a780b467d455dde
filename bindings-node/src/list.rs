//! Lists of messages: which ones, and how far one has got.

use std::sync::Arc;

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use partner_messaging::{MessageFilter, Pager};
use tokio::sync::Mutex;

use crate::failure::Failure;
use crate::generated::NativeFilter;

/// How far a list has got. One call at a time moves it on; others wait for it.
#[napi]
pub struct NativePager(Arc<Mutex<Pager>>);

impl NativePager {
    pub(crate) fn core(&self) -> Arc<Mutex<Pager>> {
        self.0.clone()
    }
}

/// A list before its first page, or why there is none.
#[napi(catch_unwind)]
pub fn open_pager(filter: NativeFilter) -> Either<NativePager, Failure> {
    match filter.apply(MessageFilter::new()).and_then(|filter| Pager::new(&filter)) {
        Ok(pager) => Either::A(NativePager(Arc::new(Mutex::new(pager)))),
        Err(error) => Either::B(Failure::new(&error)),
    }
}
