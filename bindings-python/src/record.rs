//! The classes of results, each made by one macro from the list of its fields: immutable,
//! comparable, hashable and picklable, with `to_dict` and a `repr` that shows no secret.

/// Makes a class of results.
///
/// A field has a type, in brackets its default if it has one, and after the `=` where the
/// core's record has it. Those before the `*` may be given by position. What has to be read
/// before the core's record is taken apart stands in the head. Further methods follow.
macro_rules! record {
    (
        $(#[$about:meta])*
        $name:ident($py:ident, $core:ident: $source:ty $(, $bound:ident = $value:expr)?) {
            $($(#[$pdoc:meta])* $pos:ident: $ptype:ty $([$pdefault:tt])? = $pvalue:expr;)*
            *
            $($(#[$kdoc:meta])* $key:ident: $ktype:ty [$kdefault:tt] = $kvalue:expr;)*
        }
        $($method:item)*
    ) => {
        $(#[$about])*
        #[pyclass(frozen, module = "partner_messaging")]
        #[derive(PartialEq, Hash)]
        pub(crate) struct $name {
            $($pos: $ptype,)*
            $($key: $ktype,)*
        }

        impl $crate::fields::Record for $name {
            type Core = $source;

            #[allow(unused_variables)] // Not every record has a part that is made in Python.
            fn from_core($py: Python<'_>, $core: $source) -> PyResult<Self> {
                $(let $bound = $value;)?
                Ok(Self { $($pos: $pvalue,)* $($key: $kvalue,)* })
            }

            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                let fields = [
                    $((stringify!($pos), Field::json(&self.$pos, py)),)*
                    $((stringify!($key), Field::json(&self.$key, py)),)*
                ];
                $crate::fields::dict(py, fields)
            }

            fn repr(&self) -> String {
                let fields = [
                    $((stringify!($pos), Field::repr(&self.$pos)),)*
                    $((stringify!($key), Field::repr(&self.$key)),)*
                ];
                let shown = fields.iter().filter_map(|(name, field)| Some(format!("{name}={}", field.as_ref()?)));
                format!("{}({})", stringify!($name), shown.collect::<Vec<_>>().join(", "))
            }
        }

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(signature = ($($pos $(= $pdefault)?,)* *, $($key = $kdefault),*))]
            #[allow(clippy::too_many_arguments)] // As many as there are fields; most are keywords.
            fn new(
                $($pos: <$ptype as Field>::Argument,)*
                $($key: <$ktype as Field>::Argument,)*
            ) -> PyResult<Self> {
                $crate::failure::catch_panics(|| Ok(Self {
                    $($pos: Field::from_argument($pos),)*
                    $($key: Field::from_argument($key),)*
                }))
            }

            $(
                $(#[$pdoc])*
                #[getter]
                fn $pos<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    $crate::failure::catch_panics(|| Field::get(&self.$pos, py))
                }
            )*

            $(
                $(#[$kdoc])*
                #[getter]
                fn $key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    $crate::failure::catch_panics(|| Field::get(&self.$key, py))
                }
            )*

            /// All fields as a dict that ``json.dumps`` takes: amounts are strings.
            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                $crate::failure::catch_panics(|| $crate::fields::Record::to_dict(self, py))
            }

            /// The arguments that make an equal object, for ``copy`` and ``pickle``.
            fn __getnewargs_ex__<'py>(
                &self,
                py: Python<'py>,
            ) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
                $crate::failure::catch_panics(|| {
                    let positional: Vec<Bound<'py, PyAny>> = vec![$(Field::argument(&self.$pos, py)?),*];
                    let keywords = [$((stringify!($key), Field::argument(&self.$key, py))),*];
                    Ok((PyTuple::new(py, positional)?, $crate::fields::dict(py, keywords)?))
                })
            }

            fn __eq__(&self, other: &Bound<'_, Self>) -> PyResult<bool> {
                $crate::failure::catch_panics(|| Ok(self == other.get()))
            }

            fn __hash__(&self) -> PyResult<u64> {
                $crate::failure::catch_panics(|| Ok($crate::fields::hash(self)))
            }

            fn __repr__(&self) -> PyResult<String> {
                $crate::failure::catch_panics(|| Ok($crate::fields::Record::repr(self)))
            }

            $($method)*
        }
    };
}

pub(crate) use record;
