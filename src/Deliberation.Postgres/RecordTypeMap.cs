using System.Reflection;
using Dapper;

namespace Deliberation.Postgres;

/// <summary>
/// Maps rows to positional records by name alone. Dapper's own map also asks for equal types, so that a <c>bigint</c> count would not
/// fit an <c>int</c>, nor text an enum; the conversion itself Dapper can do.
/// </summary>
internal sealed class RecordTypeMap(Type type) : SqlMapper.ITypeMap
{
    private readonly DefaultTypeMap _inner = new(type);

    public ConstructorInfo? FindConstructor(string[] names, Type[] types) =>
        _inner.FindConstructor(names, types)
        ?? type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).FirstOrDefault(constructor =>
        {
            var parameters = constructor.GetParameters();
            return parameters.Length == names.Length && parameters.Length > 0
                && names.All(name => parameters.Any(parameter => Matches(parameter.Name!, name)));
        });

    public ConstructorInfo? FindExplicitConstructor() => _inner.FindExplicitConstructor();

    public SqlMapper.IMemberMap? GetConstructorParameter(ConstructorInfo constructor, string columnName) =>
        constructor.GetParameters().FirstOrDefault(parameter => Matches(parameter.Name!, columnName)) is { } parameter
            ? new ParameterMap(columnName, parameter)
            : null;

    public SqlMapper.IMemberMap? GetMember(string columnName) => _inner.GetMember(columnName);

    private static bool Matches(string parameter, string column) =>
        parameter.Equals(column.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private sealed record ParameterMap(string ColumnName, ParameterInfo Parameter) : SqlMapper.IMemberMap
    {
        public Type MemberType => Parameter.ParameterType;

        public PropertyInfo? Property => null;

        public FieldInfo? Field => null;
    }
}
