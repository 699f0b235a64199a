#pragma once

#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/data/cell.h"
#include "host/data/schema.h"

// What Java throws in a transform, and in which words.
namespace host::transform {

inline constexpr std::string_view kIllegalArgument = "java.lang.IllegalArgumentException";
inline constexpr std::string_view kNullPointer = "java.lang.NullPointerException";
inline constexpr std::string_view kClassCast = "java.lang.ClassCastException";
inline constexpr std::string_view kNumberFormat = "java.lang.NumberFormatException";

tl::unexpected<Error> data_error(std::string message);
tl::unexpected<Error> config_error(std::string message);
tl::unexpected<Error> java_error(std::string_view exception, std::string message);

// Java's word for the class of a value, as in `class java.lang.Long`; `null` for null.
std::string_view class_of(const data::Cell &cell, const data::Schema *schema);
// A cast that Java's virtual machine refuses.
tl::unexpected<Error> class_cast(const data::Cell &cell, const data::Schema *schema,
                                 std::string_view to);

} // namespace host::transform
