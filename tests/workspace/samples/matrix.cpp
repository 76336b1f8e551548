#include <vector>
using std::vector;

namespace math {

constexpr int LIMIT = 3;

template <typename T>
class Matrix : public Base {
 public:
  Matrix(int rows, int columns);
  ~Matrix() {}
  T at(int row, int column) const { return cells_[row]; }
  virtual void clear() = 0;
  Matrix& operator+=(const Matrix& other);

 private:
  vector<T> cells_;
};

struct Point { int x; int y; };
enum class Side { Left, Right };
using Row = vector<int>;

double norm(const Point& point);

}  // namespace math

double math::norm(const Point& point) { return point.x; }

int* math::Matrix<int>::data(int row) { return nullptr; }
