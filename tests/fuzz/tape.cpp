// The validator of what plugins make: the first byte chooses a schema, each four further bytes are
// a cell. Pointers cannot be checked, so they are made good; everything else is as the bytes say.
#include <cstring>

#include "tests/fuzz/readers.h"

namespace {

using namespace host::data;

class Target {
public:
  Target() {
    schemas_.push_back(nullptr);
    for (const Type type : {Type::Int8, Type::Int64, Type::Float32, Type::String, Type::Bytes})
      schemas_.push_back(Schema::primitive(type, type == Type::String));
    for (const std::string_view name : {kDecimalName, kDateName, kTimeName, kTimestampName})
      schemas_.push_back(logical(name));
    SchemaSpec spec;
    spec.type = Type::Array;
    spec.value_schema = schemas_[6];
    schemas_.push_back(pool_.intern(spec).value());
    spec.value_schema = nullptr;
    schemas_.push_back(pool_.intern(spec).value());
    spec.type = Type::Map;
    spec.key_schema = schemas_[4];
    spec.value_schema = schemas_[10];
    schemas_.push_back(pool_.intern(spec).value());
    SchemaSpec structure;
    structure.type = Type::Struct;
    for (const std::size_t i : {4, 7, 10, 12})
      structure.fields.push_back({"f" + std::to_string(i), schemas_[i]});
    schemas_.push_back(pool_.intern(structure).value());
    structure.fields.push_back({"inner", schemas_.back()});
    schemas_.push_back(pool_.intern(structure).value());
  }

  void run(std::uint8_t choice, std::string_view bytes) {
    cells_.clear();
    for (; bytes.size() >= 4; bytes.remove_prefix(4))
      cells_.push_back(cell_of(bytes));
    const Datum datum = cells_datum(cells_, schemas_[choice % schemas_.size()]);
    if (!check_datum(datum))
      return;
    arena_.reset();
    readers_.read(datum, arena_);
  }

private:
  const Schema *logical(std::string_view name) {
    SchemaSpec spec;
    spec.type = name == kDecimalName     ? Type::Bytes
                : name == kTimestampName ? Type::Int64
                                         : Type::Int32;
    spec.name = std::string(name);
    spec.parameters.emplace_back("scale", "3");
    return pool_.intern(std::move(spec)).value();
  }

  // Type (with a bit for flags), count, and two bytes of value or skip.
  static Cell cell_of(std::string_view bytes) {
    static constexpr std::uint8_t kText[256] = {'a', '"', 0xED, 0xA0, 0x80, 0xFF, '\\', 0};
    Cell cell{};
    cell.type = static_cast<std::uint8_t>(bytes[0] & 0x1F);
    cell.flags = (bytes[0] & 0x20) != 0 ? 1 : 0;
    cell.aux = (bytes[0] & 0x40) != 0 ? 1 : 0;
    cell.n = static_cast<std::uint8_t>(bytes[1]);
    if ((bytes[0] & 0x80) != 0)
      cell.n |= 0xFFFFFF00;
    const auto low = static_cast<std::uint8_t>(bytes[2]);
    const auto high = static_cast<std::int8_t>(bytes[3]);
    cell.u.i = std::int64_t{high} * 256 + low;
    if (type_of(cell) == Type::Float32 || type_of(cell) == Type::Float64)
      cell.u.d = static_cast<double>(cell.u.i) / 8;
    if (type_of(cell) == Type::String || type_of(cell) == Type::Bytes) {
      cell.n %= sizeof kText;
      cell.u.p = low == 0xFF ? nullptr : kText;
    }
    return cell;
  }

  SchemaPool pool_;
  fuzz::Readers readers_{pool_};
  std::vector<const Schema *> schemas_;
  std::vector<Cell> cells_;
  Arena arena_;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static Target target;
  if (size > 0)
    target.run(data[0], fuzz::text(data + 1, size - 1));
  return 0;
}
