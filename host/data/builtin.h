#pragma once

#include <memory>
#include <string_view>

#include "host/config/config_def.h"
#include "host/data/converter.h"

// The converters behind make_converter; nothing outside this room includes this.
namespace host::data {

Result<std::unique_ptr<Converter>>
make_string_converter(const StringMap &config, const config::Values &values, ConverterRole role);
std::unique_ptr<Converter> make_bytes_converter();
// BooleanConverter, ShortConverter, IntegerConverter, LongConverter, FloatConverter,
// DoubleConverter by simple name; null for another.
std::unique_ptr<Converter> make_primitive_converter(std::string_view simple_name);
Result<std::unique_ptr<Converter>> make_json_converter(const config::Values &values,
                                                       SchemaPool &pool);
std::unique_ptr<HeaderConverter> make_simple_header_converter(SchemaPool &pool);

// `org.apache.kafka.connect.errors.DataException: <message>`.
tl::unexpected<Error> data_error(std::string message);

} // namespace host::data
