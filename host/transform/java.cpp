#include "host/transform/java.h"

#include <utility>

namespace host::transform {
namespace {

bool of_java_base(std::string_view class_name) {
  return class_name.starts_with("java.") || class_name.starts_with("[");
}

std::string loaded_by(std::string_view class_name) {
  return std::string(class_name) + (of_java_base(class_name)
                                        ? " is in module java.base of loader 'bootstrap'"
                                        : " is in unnamed module of loader 'app'");
}

} // namespace

tl::unexpected<Error> data_error(std::string message) {
  return fail(Code::Data, exception::kData, std::move(message));
}

tl::unexpected<Error> config_error(std::string message) {
  return fail(Code::Config, exception::kConfig, std::move(message));
}

tl::unexpected<Error> java_error(std::string_view exception, std::string message) {
  return fail(Code::Data, exception, std::move(message));
}

std::string_view class_of(const data::Cell &cell, const data::Schema *schema) {
  return data::java_class_of(cell, schema);
}

tl::unexpected<Error> class_cast(const data::Cell &cell, const data::Schema *schema,
                                 std::string_view to) {
  const std::string_view from = class_of(cell, schema);
  std::string text = "class ";
  text.append(from).append(" cannot be cast to class ").append(to).append(" (");
  if (of_java_base(from) && of_java_base(to))
    text.append(from).append(" and ").append(to).append(
        " are in module java.base of loader 'bootstrap')");
  else
    text += loaded_by(from) + "; " + loaded_by(to) + ")";
  return java_error(kClassCast, std::move(text));
}

} // namespace host::transform
