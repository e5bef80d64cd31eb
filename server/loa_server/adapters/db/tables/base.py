"""What all tables share: naming of constraints, and kinds of columns."""

from sqlalchemy import BigInteger, Integer, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = String(40)
Hash = String(64)
# SQLite numbers rows by itself only in a column it calls INTEGER.
Serial = BigInteger().with_variant(Integer, "sqlite")
