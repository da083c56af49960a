"""Tables and classes of the tests of SQLAlchemy."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, Numeric, String, Table

try:
    from sqlalchemy.orm import declarative_base, relationship
except ImportError:  # SQLAlchemy 1.3
    from sqlalchemy.ext.declarative import declarative_base
    from sqlalchemy.orm import relationship

metadata = MetaData()
items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), unique=True),
    Column("price", Numeric(8, 2)),
    Column("data", JSON),
)

Base = declarative_base()


class Author(Base):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    name = Column(String(40), nullable=False)
    books = relationship("Book", back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
    title = Column(String(40), nullable=False)
    author_id = Column(ForeignKey("authors.id"), nullable=False)
    author = relationship(Author, back_populates="books")


def recreate(bind):
    """Creates empty tables."""
    for one in (metadata, Base.metadata):
        one.drop_all(bind)
        one.create_all(bind)
