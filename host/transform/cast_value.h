#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/data/arena.h"
#include "host/data/cell.h"
#include "host/data/schema.h"

namespace host::transform {

// The value of a cell, which is not null, as another type: one of Bool to String. Keeps scratch
// memory; one thread.
class CastValue {
public:
  // `schema` is that of the value, null without one. Errors are DataExceptions in Connect's words.
  Result<data::Cell> operator()(const data::Cell &value, const data::Schema *schema,
                                data::Type target, data::Arena &arena);

private:
  Result<data::Cell> of_text(std::string_view text, data::Type target) const;
  data::Cell of_decimal(const data::Cell &value, const data::Schema *schema, data::Type target);
  Result<data::Cell> to_text(const data::Cell &value, const data::Schema *schema,
                             data::Arena &arena);

  std::string text_;
};

} // namespace host::transform
