namespace Deliberation.Features.Rolls;

/// <summary>Columns of a roll table: a row connects a person with a door. Headings are read in Chinese, English or by name, in any order.</summary>
public static class RollColumns
{
    public const string Building = "building";
    public const string Stairwell = "stairwell";
    public const string Door = "door";
    public const string Kind = "kind";
    public const string Area = "area";
    public const string Source = "source";
    public const string State = "state";
    public const string Name = "name";
    public const string Phone = "phone";
    public const string Birth = "birth";
    public const string Owner = "owner";
    public const string Lives = "lives";
    public const string Delegate = "delegate";
    public const string Away = "away";
    public const string Business = "business";

    /// <summary>In the order of the template.</summary>
    public static IReadOnlyList<string> All { get; } = [Building, Stairwell, Door, Kind, Area, Source, State, Name, Phone, Birth, Owner, Lives, Delegate, Away, Business];

    /// <summary>Without these there is no roll.</summary>
    internal static IReadOnlyList<string> Needed { get; } = [Building, Door, Name];

    private static readonly Dictionary<string, string> Headings = Known(
        (Building, "楼栋 楼号 幢号 樓棟 building"),
        (Stairwell, "单元 單元 stairwell entrance"),
        (Door, "房号 门牌 房號 door"),
        (Kind, "房屋类型 用途 房屋類型 unit-type kind"),
        (Area, "面积 面积(平方米) 专有面积 面積 面積(平方公尺) area area-m2 area(m²)"),
        (Source, "面积来源 面積來源 area-source source"),
        (State, "交付状态 交付狀態 state"),
        (Name, "姓名 name"),
        (Phone, "电话 手机 手机号 電話 phone telephone"),
        (Birth, "出生年份 出生年 birth-year birth year-of-birth"),
        (Owner, "业主 产权人 業主 owner"),
        (Lives, "居住 住户 住在这里 住在這裡 lives-here lives"),
        (Delegate, "户代表 戶代表 representative delegate"),
        (Away, "外出务工地 外出務工地 works-away-in away"),
        (Business, "商户名称 商戶名稱 business"));

    private static readonly Dictionary<string, string> Kinds = Known(
        ("Residential", "住宅 residential flat"), ("Shop", "商铺 商鋪 店铺 shop"), ("Parking", "车位 車位 parking"), ("Stall", "摊位 攤位 stall"), ("Storage", "储藏室 儲藏室 storage"));

    private static readonly Dictionary<string, string> Sources = Known(
        ("Register", "登记 不动产登记 登記 register"), ("Survey", "测绘 实测 測繪 survey"), ("Contract", "合同 买卖合同 contract"));

    private static readonly Dictionary<string, string> States = Known(
        ("Delivered", "已交付 delivered"), ("Unsold", "未售 未出售 unsold"), ("SoldNotHandedOver", "已售未交付 sold-not-handed-over"));

    private static readonly Dictionary<string, string> Answers = Known(("yes", "是 有 √ ✓ y yes 1 true"), ("no", "否 无 無 n no 0 false - ×"));

    /// <returns>Null when it is none of ours.</returns>
    internal static string? Find(string heading) => Headings.GetValueOrDefault(Plain(heading));

    internal static string? KindOf(string cell) => Kinds.GetValueOrDefault(Plain(cell));

    internal static string? SourceOf(string cell) => Sources.GetValueOrDefault(Plain(cell));

    internal static string? StateOf(string cell) => States.GetValueOrDefault(Plain(cell));

    /// <returns>Null when it is neither yes nor no; an empty cell is no.</returns>
    internal static bool? YesOrNo(string cell) => cell.Length == 0 ? false : Answers.GetValueOrDefault(Plain(cell)) switch { "yes" => true, "no" => false, _ => null };

    /// <summary>Full-width figures and letters as plain ones; spaces inside become one.</summary>
    internal static string Narrow(string text)
    {
        var plain = string.Create(text.Length, text, static (narrow, wide) =>
        {
            for (var i = 0; i < wide.Length; i++)
            {
                narrow[i] = wide[i] switch { '\u3000' or '\u00A0' or '\n' or '\r' or '\t' => ' ', >= '\uFF01' and <= '\uFF5E' and var c => (char)(c - 0xFEE0), var c => c };
            }
        });
        return string.Join(' ', plain.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Plain(string text) => Narrow(text).Replace(' ', '-').TrimEnd('*').ToLowerInvariant();

    private static Dictionary<string, string> Known(params (string Code, string Words)[] lists) => lists
        .SelectMany(list => list.Words.Split(' ').Append(list.Code.ToLowerInvariant()).Distinct().Select(word => (word, list.Code)))
        .ToDictionary(pair => pair.word, pair => pair.Code, StringComparer.Ordinal);
}
