#include <string>

#include "sluice/sluice.hpp"

// Code of docs/sdk that stands nowhere else. Compiled, never run.
namespace snippets {

std::string describe(const sluice::value &value) {
  switch (value.type()) {
  case SLUICE_NULL:
    return "nothing";
  case SLUICE_STRING:
  case SLUICE_BYTES:
    return std::string(value.text());
  case SLUICE_BOOL:
    return value.boolean() ? "yes" : "no";
  case SLUICE_F32:
  case SLUICE_F64:
    return std::to_string(value.floating());
  case SLUICE_ARRAY:
  case SLUICE_MAP:
  case SLUICE_STRUCT: {
    std::string out;
    for (const auto &[name, key, item] : value.elements())
      out += (key.is_null() ? std::string(name) : describe(key)) + ": " + describe(item) + "; ";
    return out;
  }
  default:
    return std::to_string(value.integer());
  }
}

bool is_timestamp(const sluice::value &value) {
  return value.schema() && value.schema().name() == "org.apache.kafka.connect.data.Timestamp";
}

void add_row(sluice::records &batch, const sluice_schema *schema) {
  sluice::tape row;
  row.begin_struct().integer(SLUICE_I64, 42).text(batch.keep("name")).null().end();
  batch.add("rows").value(sluice::datum::cells(batch.keep(row), schema));
}

inline constexpr sluice::key<std::optional<std::string>> kUser{.name = "user"};
inline constexpr sluice::key<std::optional<sluice::secret>> kToken{.name = "token"};

class Validated : public sluice::one_task {
public:
  using one_task::one_task;

  static void validate(const sluice::config &settings, sluice::report &report) {
    if (settings.find("user") && settings.find("token"))
      report.error(kToken, "give either {} or {}, not both", kUser.name, kToken.name);
  }
};

const sluice_connector_vtbl *const kValidated =
    &sluice::detail::connector_border<Validated>::kTable;

} // namespace snippets
