//! System calls. The only floor with `unsafe`.
