using System.Data;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Deliberation.Postgres;

/// <summary>Teaches Dapper the types that the council's rows use. Idempotent; process-wide, as Dapper's registry is.</summary>
public static class TypeHandlers
{
    private static readonly Lock Gate = new();
    private static bool _registered;

    public static void Register()
    {
        lock (Gate)
        {
            if (_registered)
            {
                return;
            }

            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.TypeMapProvider = type => new RecordTypeMap(type);
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateOnly));
            SqlMapper.AddTypeHandler(new InstantHandler());
            SqlMapper.AddTypeHandler(new DayHandler());
            SqlMapper.AddTypeHandler(new JsonHandler<JsonObject>());
            SqlMapper.AddTypeHandler(new JsonHandler<JsonArray>());
            SqlMapper.AddTypeHandler(new JsonHandler<JsonNode>());
            SqlMapper.AddTypeHandler(new ArrayHandler<int>());
            SqlMapper.AddTypeHandler(new ArrayHandler<long>());
            SqlMapper.AddTypeHandler(new ArrayHandler<Guid>());
            SqlMapper.AddTypeHandler(new ArrayHandler<string>());
            SqlMapper.AddTypeHandler(new ArrayHandler<byte[]>());
            SqlMapper.AddTypeHandler(new CommunityIdHandler());
            SqlMapper.AddTypeHandler(new IdHandler<ProjectId>(id => id.Value, value => new ProjectId(value)));
            SqlMapper.AddTypeHandler(new IdHandler<BallotId>(id => id.Value, value => new BallotId(value)));
            SqlMapper.AddTypeHandler(new IdHandler<ResidentId>(id => id.Value, value => new ResidentId(value)));
            SqlMapper.AddTypeHandler(new IdHandler<HouseholdId>(id => id.Value, value => new HouseholdId(value)));
            SqlMapper.AddTypeHandler(new IdHandler<StaffId>(id => id.Value, value => new StaffId(value)));
            SqlMapper.AddTypeHandler(new IdHandler<TaskId>(id => id.Value, value => new TaskId(value)));
            _registered = true;
        }
    }

    /// <summary>timestamptz ↔ DateTimeOffset in UTC.</summary>
    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTimeOffset instant => instant.ToUniversalTime(),
            DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)),
            _ => throw new DataException($"{value.GetType().Name} is not an instant."),
        };

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.TimestampTz;
            parameter.Value = value.UtcDateTime;
        }
    }

    /// <summary>date ↔ DateOnly.</summary>
    private sealed class DayHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) => value switch
        {
            DateOnly day => day,
            DateTime day => DateOnly.FromDateTime(day),
            _ => throw new DataException($"{value.GetType().Name} is not a day."),
        };

        public override void SetValue(IDbDataParameter parameter, DateOnly value)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Date;
            parameter.Value = value;
        }
    }

    /// <summary>jsonb ↔ JSON nodes.</summary>
    private sealed class JsonHandler<TNode> : SqlMapper.TypeHandler<TNode>
        where TNode : JsonNode
    {
        public override TNode? Parse(object value) => (TNode?)JsonNode.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, TNode? value)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Jsonb;
            parameter.Value = value is null ? DBNull.Value : value.ToJsonString();
        }
    }

    /// <summary>A PostgreSQL array, so that it fits a record and <c>= any(@ids)</c>.</summary>
    private sealed class ArrayHandler<TElement> : SqlMapper.TypeHandler<TElement[]>
    {
        public override TElement[] Parse(object value) => (TElement[])value;

        public override void SetValue(IDbDataParameter parameter, TElement[]? value) => parameter.Value = (object?)value ?? DBNull.Value;
    }

    private sealed class CommunityIdHandler : SqlMapper.TypeHandler<CommunityId>
    {
        public override CommunityId Parse(object value) => new(Convert.ToInt32(value, CultureInfo.InvariantCulture));

        public override void SetValue(IDbDataParameter parameter, CommunityId value)
        {
            parameter.DbType = DbType.Int32;
            parameter.Value = value.Value;
        }
    }

    /// <summary>uuid ↔ a typed id.</summary>
    private sealed class IdHandler<TId>(Func<TId, Guid> unwrap, Func<Guid, TId> wrap) : SqlMapper.TypeHandler<TId>
        where TId : struct
    {
        public override TId Parse(object value) => wrap((Guid)value);

        public override void SetValue(IDbDataParameter parameter, TId value)
        {
            parameter.DbType = DbType.Guid;
            parameter.Value = unwrap(value);
        }
    }
}
