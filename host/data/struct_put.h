#pragma once

#include "host/base/error.h"
#include "host/data/cell.h"
#include "host/data/schema.h"

namespace host::data {

// What Java's Struct.put checks of a value that becomes a field (ConnectSchema.validateValue): that
// each object is of the class that its schema wants, and that nulls are where they may be, all the
// way down. `from` is the schema that the value's cells lie under, which mostly is the field's.
Status check_put(const Cell &value, const Schema *from, const Field &field);

} // namespace host::data
